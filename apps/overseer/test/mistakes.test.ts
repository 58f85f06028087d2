import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { folderWith, freePort, Overseer } from './overseer.js'

/** What it says and gives back, for a mistake in the command line or the files. */
async function mistake(files: Readonly<Record<string, string>>, args: readonly string[]) {
  const overseer = new Overseer(args, { cwd: folderWith(files) })
  const code = await overseer.exit()
  expect(overseer.stdout).toBe('')
  expect(overseer.leftovers()).toEqual([])
  return [code, overseer.stderr]
}

describe('overseer says in one line', () => {
  it.each<[string, Record<string, string>, string[], number, string]>([
    ['no Procfile', {}, ['run'], 1, 'cannot read Procfile: there is no such file'],
    [
      'a bad line',
      { Procfile: 'web: true\nthis is not one\n' },
      ['run'],
      1,
      'Procfile, line 2: expected "name: command", got "this is not one"',
    ],
    [
      'the same name twice',
      { Procfile: 'a: true\n\na: false\n' },
      ['run'],
      1,
      'Procfile, line 3: "a" stands already on line 1: "a: false"',
    ],
    [
      'an empty Procfile',
      { Procfile: '# no\n' },
      ['run'],
      1,
      'Procfile: there is no process in it',
    ],
    [
      'a missing program',
      { Procfile: 'a: true\nweb: A=b no-such-program --x' },
      ['run'],
      1,
      'web: there is no program "no-such-program" (line 2: A=b no-such-program --x)',
    ],
    [
      'an absent env',
      { Procfile: 'a: true' },
      ['run', '--env', 'x'],
      1,
      'cannot read x: there is no such file',
    ],
    [
      'an unreadable env',
      { Procfile: 'a: true' },
      ['run', '--env', '/'],
      1,
      'cannot read /: it is a directory',
    ],
    [
      'a bad env',
      { Procfile: 'a: true', e: 'A=1\nB="2\n' },
      ['run', '--env', 'e'],
      1,
      'e, line 2: expected NAME=value, got "B="2"',
    ],
    ['no command', {}, [], 2, 'expected the command "run", got nothing (see overseer --help)'],
    [
      'another command',
      {},
      ['go'],
      2,
      'expected the command "run", got "go" (see overseer --help)',
    ],
    ['too much', {}, ['run', 'a', 'b'], 2, 'there is no use for "b"'],
    [
      'a bad port',
      {},
      ['run', '-p', '70000'],
      2,
      '-p: expected a port from 1 to 65535, got "70000"',
    ],
    [
      'an unknown option',
      {},
      ['run', '--fast'],
      2,
      "Unknown option '--fast' (see overseer --help)",
    ],
    [
      'an unknown type',
      { Procfile: 'a: true' },
      ['run', '-m', 'b=1'],
      2,
      '-m: there is no process "b" in the Procfile',
    ],
  ])('%s', async (_title, files, args, code, line) => {
    expect(await mistake(files, args)).toEqual([code, `overseer: ${line}\n`])
  })

  it('which port is in use, for a process or for the page', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const files = { Procfile: 'web: echo never' }
    expect(await mistake(files, ['run', '-p', `${port}`])).toEqual([
      1,
      `overseer: port ${port}, meant for web.1, is in use: choose others with -p\n`,
    ])
    const free = await freePort()
    expect(await mistake(files, ['run', '-p', `${free}`, '--status-port', `${port}`])).toEqual([
      1,
      `overseer: cannot serve the status page on port ${port}: it is in use\n`,
    ])
  })

  it('that the .env beside the Procfile cannot be read', async () => {
    const folder = folderWith({ Procfile: 'a: true', '.env': 'nonsense' })
    const path = join(folder, '.env')
    expect(await mistake({}, ['run', join(folder, 'Procfile')])).toEqual([
      1,
      `overseer: ${path}, line 1: expected NAME=value, got "nonsense"\n`,
    ])
  })
})
