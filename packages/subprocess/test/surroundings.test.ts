import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { P_PID, waitid, WEXITED } from '@tsyncio/syscalls'
import { createSubprocessExec } from '@tsyncio/subprocess'

import { children } from './children.js'
import { inWorker } from './in-worker.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

vi.setConfig({ testTimeout: 30_000 })

leakCheck()

const packageFolder = new URL('..', import.meta.url)

/** Runs a module that uses the built package, with at most `fds` open files. */
async function runModule(source: string, fds: number): Promise<string> {
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', `ulimit -n ${fds}; exec "$0" --input-type=module -e "$1"`, process.execPath, source],
    { cwd: packageFolder },
  )
  return stdout
}

const entry = (name: string): string =>
  JSON.stringify(new URL(`../../${name}/dist/index.js`, import.meta.url).href)
const imports = `
  import { parentPort } from 'node:worker_threads'
  import { run, runBlocking } from ${entry('tasks')}
  import { createSubprocessExec } from ${entry('subprocess')}
  function* main() {
    const cat = yield* createSubprocessExec('cat', [], { stdin: 'pipe', stdout: 'pipe' })
    const [stdout] = yield* cat.communicate('from a worker')
    return String(stdout) + ', ' + cat.returncode
  }`

describe('a process in a worker thread', () => {
  it('is waited for inside Node’s loop and on a loop that owns the thread', async () => {
    const source = `${imports}; parentPort.postMessage([await run(main), runBlocking(main)])`
    expect(await inWorker(source)).toEqual(['from a worker, 0', 'from a worker, 0'])
  })

  it('outlives a worker that is terminated, whose fds are closed', async () => {
    const source = `${imports}
      run(function* () {
        const sleep = yield* createSubprocessExec('sleep', ['60'], { stdin: 'pipe', stdout: 'pipe' })
        parentPort.postMessage(sleep.pid)
        yield* sleep.wait()
      })`
    const pid = (await inWorker(source)) as number
    expect(children()).toEqual([pid])
    process.kill(pid, 'SIGKILL')
    waitid(P_PID, pid, new Int32Array(3), WEXITED)
  })
})

describe('without more fds', () => {
  it('creating a process says so, and leaves nothing open', async () => {
    const source = `
      import { openSync, closeSync, readdirSync } from 'node:fs'
      import { run } from '@tsyncio/tasks'
      import { createSubprocessExec } from '@tsyncio/subprocess'
      const piped = { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' }
      await run(async () => {
        const fds = []
        try { for (;;) fds.push(openSync('/dev/null')) } catch {}
        const codes = []
        let process
        while (process === undefined) {
          closeSync(fds.pop())
          try { process = await createSubprocessExec('cat', [], piped) }
          catch (error) { codes.push(error.code + ' ' + error.syscall) }
        }
        for (const fd of fds) closeSync(fd)
        await process.communicate('x')
        console.log(codes.length, [...new Set(codes)].join())
        console.log(process.returncode)
      })`
    const [first, code] = (await runModule(source, 64)).trim().split('\n')
    // Three pipes are six fds, and the pidfd is the seventh.
    expect(first).toMatch(/^[67] EMFILE pipe2(,EMFILE spawn clone)?$/)
    expect(code).toBe('0')
  })
})

onEachDriver('a process', (runs) => {
  it('that somebody else reaped has the code 255, and that is reported', async () => {
    const reports: string[] = []
    const code = await runs(function* () {
      getRunningLoop().setExceptionHandler((_loop, { message }) => reports.push(message))
      const process = yield* createSubprocessExec('true')
      waitid(P_PID, process.pid, new Int32Array(3), WEXITED)
      return yield* process.wait()
    })
    expect(code).toBe(255)
    expect(reports).toEqual([expect.stringMatching(/^Somebody else reaped process \d+: /)])
  })

  it('is found without a PATH, where programs usually are', async () => {
    const code = await runs(function* () {
      return yield* (yield* createSubprocessExec('true', [], { env: {} })).wait()
    })
    expect(code).toBe(0)
  })
})
