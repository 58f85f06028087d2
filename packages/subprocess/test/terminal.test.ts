import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 30_000 })

const entry = (name: string): string =>
  JSON.stringify(new URL(`../../${name}/dist/index.js`, import.meta.url).href)

/** Runs a module in a terminal of its own, into which a line is typed. */
async function inTerminal(source: string): Promise<string> {
  const python = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
text = b''
typed = False
while True:
    try:
        part = os.read(fd, 1000)
    except OSError:
        break
    if not part:
        break
    text += part
    if b'ready' in text and not typed:
        typed = True
        os.write(fd, b'hello\\n')
sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`
  const args = ['-c', python, process.execPath, '--input-type=module', '-e', source]
  return (await promisify(execFile)('python3', args)).stdout
}

it.each([true, false])('a child that has a terminal reads from it: tree %s', async (tree) => {
  const output = await inTerminal(`
    import { createSubprocessExec } from ${entry('subprocess')}
    import { run } from ${entry('tasks')}
    await run(async () => {
      const child = await createSubprocessExec('sh', ['-c', 'echo ready; read line; echo "got $line"; tty; stty -a > /dev/null && echo fine'], { tree: ${tree} })
      console.log('code ' + (await child.wait()))
      await child.close()
    })`)
  expect(output).toMatch(/got hello\r\n\/dev\/pts\/\d+\r\nfine\r\ncode 0/)
})
