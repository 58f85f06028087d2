import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

import { folderWith, freePort, Overseer } from './overseer.js'

const started: Overseer[] = []

// What a test that failed left behind.
afterAll(() => {
  for (const pid of started.flatMap((overseer) => overseer.leftovers())) {
    process.kill(Number(pid), 'SIGKILL')
  }
})

function start(...args: ConstructorParameters<typeof Overseer>): Overseer {
  const overseer = new Overseer(...args)
  started.push(overseer)
  return overseer
}

async function startFiles(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Overseer> {
  const base = String(await freePort())
  return start(['run', '-p', base, ...args], { cwd: folderWith(files), env })
}

const listens = `node -e 'require("net").createServer().listen(process.env.PORT, "127.0.0.1")'`

describe.concurrent('overseer run', () => {
  it('runs what the Procfile says until Ctrl-C, and leaves nothing behind', async ({ expect }) => {
    const overseer = await startFiles({
      Procfile: `web: ${listens}\nworker: echo works; sleep 60 & sleep 60\n`,
    })
    await overseer.printed(/web\.1 +\| ready on port \d+\n/)
    await overseer.printed(/worker\.1 +\| works\n/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.said('web.1').at(-1)).toBe('killed by SIGTERM')
    expect(overseer.said('overseer').at(-1)).toMatch(/^SIGINT: stops all/)
    expect(overseer.stderr).toBe('')
    expect(overseer.leftovers()).toEqual([])
  })

  it('runs the sample by `npm start`', async ({ expect }) => {
    const program = fileURLToPath(new URL('../../../scripts/start.js', import.meta.url))
    const env = { PORT: String(await freePort()) }
    const overseer = start([], { program, env })
    await overseer.printed(/server\.1 +\| ready on port/)
    await overseer.printed(/client\.1 +\| \d+: message 1 of \d+/)
    await overseer.printed(/flaky\.1 +\| round 1/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.leftovers()).toEqual([])
  })

  it('leaves nobody behind when it is killed, whatever they do', async ({ expect }) => {
    const daemon = `setsid sh -c 'trap "" TERM HUP INT; while :; do sleep 60; done' &`
    const overseer = await startFiles({
      Procfile: `a: ${daemon} trap "" TERM; echo up; wait\nb: (${daemon}) ; echo up; exec sleep 60\n`,
    })
    await overseer.printed(/a\.1 +\| up\n/)
    await overseer.printed(/b\.1 +\| up\n/)
    // overseer, two shells or what they became, and two daemons; who starts a program is
    // nobody for a moment.
    await overseer.hasGrownTo(5)
    overseer.signal('SIGKILL')
    await overseer.exit()
    await overseer.vanished()
    expect(overseer.leftovers()).toEqual([])
  })

  it('ends daemons too, when it is asked to end', async ({ expect }) => {
    const overseer = await startFiles({
      Procfile: `a: setsid -f sleep 60; setsid -f sleep 60; echo up; exec sleep 60`,
    })
    await overseer.printed(/\| up\n/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.leftovers()).toEqual([])
  })

  it('runs in a terminal what is asked for, so that colours are kept', async ({ expect }) => {
    const asks = `test -t 0 -a -t 1 -a -t 2 && printf '\\033[32mgreen\\033[0m\\n' || echo plain; exec sleep 60`
    const overseer = await startFiles(
      { Procfile: `a: ${asks}\nb: setsid -f sleep 60; ${asks}\n` },
      ['--pty', 'b'],
    )
    await overseer.printed(/a\.1 +\| plain\n/)
    await overseer.printed(/b\.1 +\| \x1b\[32mgreen\x1b\[0m\n/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.leftovers()).toEqual([])
  })

  it('ends by other signals with their codes', async ({ expect }) => {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const overseer = await startFiles({ Procfile: 'a: echo up; exec sleep 60' })
      await overseer.printed(/\| up\n/)
      overseer.signal(signal)
      expect(await overseer.exit()).toBe(code)
      expect(overseer.leftovers()).toEqual([])
    }
  })

  it('lets processes end in their own time', async ({ expect }) => {
    const slow = `trap 'sleep 0.3; echo closed; exit' TERM; echo up; while :; do sleep 0.01; done`
    const overseer = await startFiles({ Procfile: `a: (${slow}) & wait` })
    await overseer.printed(/\| up\n/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.said('a.1')).toContain('closed')
    expect(overseer.leftovers()).toEqual([])
  })

  it('kills after the grace what does not want to end', async ({ expect }) => {
    const stubborn = `trap '' TERM; echo up; while :; do sleep 1; done`
    const overseer = await startFiles({ Procfile: `a: (${stubborn}) & ${stubborn}` })
    await overseer.printed(/\| up\n(.*\n)*.*\| up\n/)
    const before = performance.now()
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(performance.now() - before).toBeGreaterThanOrEqual(5000)
    expect(overseer.said('a.1').at(-1)).toBe('killed by SIGKILL')
    expect(overseer.leftovers()).toEqual([])
  })

  it('kills at once at the second Ctrl-C', async ({ expect }) => {
    const overseer = await startFiles({
      Procfile: `a: trap '' TERM; echo up; while :; do sleep 60; done`,
    })
    await overseer.printed(/\| up\n/)
    overseer.signal('SIGINT')
    await overseer.printed(/SIGINT: stops all/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.said('overseer').at(-1)).toBe('SIGINT: kills all')
    expect(overseer.said('a.1').at(-1)).toBe('killed by SIGKILL')
    expect(overseer.leftovers()).toEqual([])
  })

  it('ends with 0 when everything has done its work', async ({ expect }) => {
    const overseer = await startFiles({ Procfile: 'a: echo one\nb: echo two' })
    expect(await overseer.exit()).toBe(0)
    expect(overseer.said('a.1')).toEqual([
      expect.stringMatching(/^started with pid \d+$/),
      'one',
      'exited with code 0',
    ])
    expect(overseer.leftovers()).toEqual([])
  })

  it('starts again what fails, later each time', async ({ expect }) => {
    const overseer = await startFiles({ Procfile: 'a: date +now=%s%3N; exit 3' })
    await overseer.printed(/restarts in 2 s/)
    overseer.signal('SIGTERM')
    expect(await overseer.exit()).toBe(143)
    const said = overseer.said('a.1')
    expect(said.filter((line) => line.startsWith('restarts'))).toEqual([
      'restarts in 0.5 s',
      'restarts in 1 s',
      'restarts in 2 s',
    ])
    expect(said).toContain('exited with code 3')
    const [first, second, third] = said.flatMap((line) => /^now=(\d+)$/.exec(line)?.[1] ?? [])
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(499)
    expect(Number(third) - Number(second)).toBeGreaterThanOrEqual(999)
  })

  it('goes on trying when a process cannot even be started', async ({ expect }) => {
    const folder = folderWith({ Procfile: 'a: echo up=$$; exec sleep 60' })
    const base = String(await freePort())
    const overseer = start(['run', `${folder}/Procfile`, '-p', base])
    const [, pid] = await overseer.printed(/\| up=(\d+)\n/)
    rmSync(folder, { recursive: true })
    process.kill(Number(pid), 'SIGKILL')
    await overseer.printed(/cannot be started: spawn chdir ENOENT .*\n.*restarts in 1 s\n/)
    mkdirSync(folder)
    await overseer.printed(/cannot be started(.*\n)*.*\| up=\d+\n/)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.leftovers()).toEqual([])
  })

  it('ends what a failed process leaves behind before it starts it again', async ({ expect }) => {
    const overseer = await startFiles({ Procfile: 'a: sleep 60 & echo left=$!; exit 1' })
    await overseer.printed(/restarts in 1 s/)
    const [first] = overseer.said('a.1').flatMap((line) => /^left=(\d+)$/.exec(line)?.[1] ?? [])
    expect(overseer.leftovers()).not.toContain(first)
    overseer.signal('SIGINT')
    expect(await overseer.exit()).toBe(130)
    expect(overseer.leftovers()).toEqual([])
  })

  it('gives each process its port, its name and the variables of .env', async ({ expect }) => {
    const base = await freePort()
    const folder = folderWith({
      Procfile: '# types\na: echo $PORT $PS "$GREETING"\n\nb: echo $PORT $PS "$GREETING"\n',
      '.env': '# ours\nexport GREETING="hello, you" # really\n',
      'other.env': "GREETING='$HOME'\n",
    })
    const procfile = `${folder}/Procfile`
    const overseer = start(['run', procfile, '-m', 'a=2,b=1', '-p', `${base}`])
    expect(await overseer.exit()).toBe(0)
    expect(overseer.said('a.1')).toContain(`${base} a.1 hello, you`)
    expect(overseer.said('a.2')).toContain(`${base + 1} a.2 hello, you`)
    expect(overseer.said('b.1')).toContain(`${base + 100} b.1 hello, you`)
    const args = ['run', procfile, '--env', `${folder}/other.env`, '-m', 'all=0,b=1']
    const other = start(args, { env: { PORT: String(base) } })
    expect(await other.exit()).toBe(0)
    expect(other.said('b.1')).toContain(`${base + 100} b.1 $HOME`)
    expect(other.stdout).not.toMatch(/ a\.1 /)
  })

  it('never breaks a line, whatever the load', async ({ expect }) => {
    const count = 20_000
    const script = `let out = ''
      for (let i = 0; i < ${count}; i++) out += process.env.PS + ' ' + i + ' ' + 'x'.repeat(i % 300) + '\\n'
      const bytes = Buffer.from(out)
      for (let at = 0, size; at < bytes.length; at += size) {
        size = 1 + (at * 7919) % 9973
        require('fs').writeSync(1, bytes.subarray(at, at + size))
      }`
    const folder = { Procfile: 'a: node out.js\nb: node out.js\nc: node out.js', 'out.js': script }
    const overseer = await startFiles(folder)
    expect(await overseer.exit()).toBe(0)
    for (const name of ['a.1', 'b.1', 'c.1']) {
      const lines = overseer.said(name).filter((line) => line.startsWith(name))
      expect(lines).toHaveLength(count)
      expect(lines.every((line, i) => line === `${name} ${i} ${'x'.repeat(i % 300)}`)).toBe(true)
    }
    expect(overseer.lines.every((line) => /^\d\d:\d\d:\d\d \S+ +\| /.test(line))).toBe(true)
  })

  it('completes the last line, and divides one without an end', async ({ expect }) => {
    const overseer = await startFiles({
      Procfile: `a: printf 'no end'\nb: head -c 40000 /dev/zero | tr '\\0' y; echo z\n`,
    })
    expect(await overseer.exit()).toBe(0)
    expect(overseer.said('a.1')).toContain('no end')
    const pieces = overseer.said('b.1').filter((line) => line.startsWith('y'))
    expect(pieces.map((piece) => piece.length)).toEqual([16_386, 16_386, 40_001 - 2 * 16_384])
    expect(pieces[0]!.endsWith('y …')).toBe(true)
  })

  it('colours names when it is asked to, and never otherwise', async ({ expect }) => {
    const files = { Procfile: 'a: echo plain' }
    const plain = await startFiles(files)
    const coloured = await startFiles(files, [], { FORCE_COLOR: '1' })
    const refused = await startFiles(files, [], { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect([await plain.exit(), await coloured.exit(), await refused.exit()]).toEqual([0, 0, 0])
    expect(plain.stdout + refused.stdout).not.toContain('\u001b')
    expect(coloured.stdout).toMatch(/\n\u001b\[36m\d\d:\d\d:\d\d a\.1 +\|\u001b\[0m plain\n/)
  })

  it('ends everything when nobody reads its output any more', async ({ expect }) => {
    const overseer = await startFiles({ Procfile: 'a: while :; do echo on; sleep 0.01; done' })
    await overseer.printed(/\| on\n/)
    overseer.closeOutput()
    expect(await overseer.exit()).toBe(141)
    expect(overseer.leftovers()).toEqual([])
  })
})

it('tells how it is used', async () => {
  const overseer = start(['--help'])
  expect(await overseer.exit()).toBe(0)
  expect(overseer.stdout).toMatch(/^Usage: overseer run/)
})
