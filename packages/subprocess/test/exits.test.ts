import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { P_PID, waitid, WEXITED } from '@tsyncio/syscalls'

import { children } from './children.js'
import { python, shells } from './fixtures/families.js'
import { makeTag, untilTagged } from './until-tagged.js'

vi.setConfig({ testTimeout: 60_000 })

const entry = (name: string): string =>
  JSON.stringify(new URL(`../../${name}/dist/index.js`, import.meta.url).href)

/** A module that has two trees running when it says so, and then does `end`. */
function program(tag: string, end: string, say = 'console.log'): string {
  return `
    import { createSubprocessExec } from ${entry('subprocess')}
    import { run, sleep } from ${entry('tasks')}
    const options = {
      tree: true, stdin: 'null', stdout: 'pipe', stderr: 'null',
      env: { ...process.env, ${tag}: '1' },
    }
    await run(async () => {
      const shell = await createSubprocessExec('sh', ['-c', ${JSON.stringify(shells)}], options)
      await shell.stdout.readLine()
      const python = await createSubprocessExec('python3', ['-c', ${JSON.stringify(python)}], options)
      await python.stdout.readLine()
      ${say}('ready')
      ${end}
    })`
}

/** Runs it until it says ready, does what `then` says, and waits for its end. */
async function outcome(source: string, then: (pid: number) => void): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? String(code)))
  })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  then(child.pid!)
  return ended
}

const nothing = (): void => undefined
const signal =
  (name: NodeJS.Signals) =>
  (pid: number): void =>
    void process.kill(pid, name)

describe('a program with trees leaves nobody behind', () => {
  const forever = 'await sleep(60_000)'
  it.each([
    ['when its main returns without closing them', '', nothing, '0'],
    ['when an error leaves its main', 'throw new Error("on purpose")', nothing, '1'],
    [
      'when an exception is caught by nobody',
      `setImmediate(() => { throw new Error("on purpose") }); ${forever}`,
      nothing,
      '1',
    ],
    ['when it calls process.exit', 'process.exit(5)', nothing, '5'],
    ['when it aborts', 'process.abort()', nothing, 'SIGABRT'],
    ['when SIGTERM ends it', forever, signal('SIGTERM'), 'SIGTERM'],
    ['when SIGHUP ends it', forever, signal('SIGHUP'), 'SIGHUP'],
    ['when SIGINT ends it', forever, signal('SIGINT'), '1'],
    ['when SIGKILL ends it', forever, signal('SIGKILL'), 'SIGKILL'],
    ['when SIGSEGV ends it', forever, signal('SIGSEGV'), 'SIGSEGV'],
  ])('%s', async (_name, end, then, expected) => {
    const tag = makeTag()
    const how = await outcome(program(tag, end), then)
    expect(await untilTagged(tag, 0)).toEqual([])
    expect(how).toBe(expected)
  })

  it('when a handler of a signal calls process.exit', async () => {
    const tag = makeTag()
    const handler = "process.on('SIGTERM', () => process.exit(6))"
    const how = await outcome(`${handler}\n${program(tag, forever)}`, signal('SIGTERM'))
    expect(await untilTagged(tag, 0)).toEqual([])
    expect(how).toBe('6')
  })

  it('when the worker in which they were made is terminated', async () => {
    const tag = makeTag()
    const source = `import { parentPort } from 'node:worker_threads'
      ${program(tag, 'await sleep(60_000)', 'parentPort.postMessage')}`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
      execArgv: [],
    })
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    expect(await untilTagged(tag, 0)).toEqual([])
    // Nobody is left who would reap the two guardians.
    for (const pid of children()) waitid(P_PID, pid, new Int32Array(3), WEXITED)
  })
})
