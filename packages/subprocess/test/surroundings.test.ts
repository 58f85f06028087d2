import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { P_PID, waitid, WEXITED } from '@tsyncio/syscalls'
import { createSubprocessExec } from '@tsyncio/subprocess'

import { children } from './children.js'
import { inWorker } from './in-worker.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

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

  it('is run, piped, and read by lines', async () => {
    const source = `
      import { parentPort } from 'node:worker_threads'
      import { run, runBlocking } from ${entry('tasks')}
      import * as subprocess from ${entry('subprocess')}
      const { createSubprocessExec, pipeline, runProcess, waitForLine } = subprocess
      function* main() {
        const one = yield* runProcess('cat', [], { input: ['from ', 'a worker'] })
        const two = yield* pipeline([['yes'], ['head', '-n', '1']])
        const process = yield* createSubprocessExec('seq', ['3'], { stdout: 'pipe' })
        const { text } = yield* waitForLine(process, '2')
        yield* process.close()
        return [one.stdout, two.stdout, text]
      }
      parentPort.postMessage([await run(main), runBlocking(main)])`
    const all = ['from a worker', 'y\n', '2']
    expect(await inWorker(source)).toEqual([all, all])
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

describe('outside of any task', () => {
  it('programs are run, and the process ends when that is done', async () => {
    const source = `
      import { runProcess } from '@tsyncio/subprocess'
      const { stdout } = await runProcess('echo', ['hello'], { timeout: 20_000 })
      const late = await runProcess('sleep', ['60'], { timeout: 20 }).catch(({ code }) => code)
      console.log(stdout + late)`
    expect(await runModule(source, 64)).toBe('hello\nERR_TSYNCIO_PROCESS_TIMEOUT\n')
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

  it('a pipeline says so, and leaves nothing open and nobody running', async () => {
    const source = `
      import { openSync, closeSync, readFileSync } from 'node:fs'
      import { run } from '@tsyncio/tasks'
      import { pipeline } from '@tsyncio/subprocess'
      await run(async () => {
        const mine = []
        try { for (;;) mine.push(openSync('/dev/null')) } catch {}
        const failures = []
        let result
        while (result === undefined) {
          closeSync(mine.pop())
          try { result = await pipeline([['cat'], ['cat'], ['cat']], { input: 'x' }) }
          catch (error) { failures.push(error.code) }
          const children = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8')
          if (children !== '') console.log('left:', children)
        }
        for (const fd of mine) closeSync(fd)
        console.log(failures.length > 5, [...new Set(failures)].join(), result.stdout)
      })`
    expect(await runModule(source, 64)).toBe('true EMFILE x\n')
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
