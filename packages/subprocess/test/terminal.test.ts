import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const packageFolder = new URL('..', import.meta.url)

// Runs a program as the leader of a session in a terminal, and answers what it asks.
const driver = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b''
answers = {b'child?': b'hello\\n', b'parent?': b'me again\\n'}
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    for asked in list(answers):
        if asked in seen:
            os.write(fd, answers.pop(asked))
sys.stdout.write(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

async function inTerminal(source: string): Promise<string> {
  const args = ['-c', driver, process.execPath, '--input-type=module', '-e', source]
  // What would be stopped is killed.
  const options = { cwd: packageFolder, timeout: 20_000, killSignal: 'SIGKILL' } as const
  const { stdout } = await promisify(execFile)('python3', args, options)
  return stdout
}

const parent = `
  import { readSync } from 'node:fs'
  import { run } from '@tsyncio/tasks'
  import { createSubprocessShell } from '@tsyncio/subprocess'
  function ask() {
    console.log('parent?')
    const line = Buffer.alloc(100)
    console.log('parent got ' + line.subarray(0, readSync(0, line)))
  }`
const asks = `'echo child?; read line; echo "child got $line"'`

describe('a child of a process in a terminal', () => {
  it.each(['{}', '{ processGroup: 0 }', '{ tree: true }', '{ tree: true, processGroup: 0 }'])(
    'reads from it, and so does the parent again: %s',
    async (options) => {
      const seen = await inTerminal(`${parent}
      await run(function* () {
        const process = yield* createSubprocessShell(${asks}, ${options})
        console.log('code ' + (yield* process.wait()))
      })
      ask()`)
      expect(seen).toContain('child got hello')
      expect(seen).toContain('code 0')
      expect(seen).toContain('parent got me again')
    },
  )

  it('that could not be started has not taken it along', async () => {
    const seen = await inTerminal(`${parent}
      import { createSubprocessExec } from '@tsyncio/subprocess'
      await run(createSubprocessExec('/no/such', [], { processGroup: 0 })).catch((error) => console.log(error.code))
      ask()`)
    expect(seen).toContain('ENOENT')
    expect(seen).toContain('parent got me again')
  })

  it('gets no terminal when its input is another', async () => {
    const seen = await inTerminal(`${parent}
      await run(function* () {
        const process = yield* createSubprocessShell('read line; echo "rest $line"; exit 3', { stdin: 'pipe', processGroup: 0 })
        ask()
        process.stdin.write('of it\\n')
        console.log('code ' + (yield* process.wait()))
      })`)
    expect(seen).toContain('parent got me again')
    expect(seen).toContain('rest of it')
    expect(seen).toContain('code 3')
  })
})
