import { expect, it } from 'vitest'
import { createTask, gather, sleep } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  type Process,
} from '@tsyncio/subprocess'

import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const stubborn = "trap '' TERM; echo ready; while :; do sleep 60; done"

// Makes room in the pipe for all that it writes, so that it need not be read meanwhile.
const fill = `import fcntl, os, time
fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 1 << 20)
os.write(1, bytes(500_000))
os.write(2, b'done\\n')
time.sleep(60)`

onEachDriver('the end of a process', (runs) => {
  it('comes with the end of its loop at the latest', async () => {
    let process: Process | undefined
    await runs(function* () {
      process = yield* createSubprocessExec('sleep', ['60'], { stdin: PIPE, stdout: PIPE })
    })
    expect(process?.returncode).toBe(-9)
  })

  it('is polite first', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(
        "trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done",
        {
          stdout: PIPE,
          stderr: DEVNULL,
          processGroup: 0,
        },
      )
      yield* process.stdout!.readLine()
      expect(yield* process.close()).toBe(3)
    })
  })

  it('comes by force after the grace, with the whole group', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(stubborn, {
        stdout: PIPE,
        stderr: DEVNULL,
        processGroup: 0,
      })
      yield* process.stdout!.readLine()
      const start = performance.now()
      expect(yield* process.close({ grace: 20 })).toBe(-9)
      expect(performance.now() - start).toBeGreaterThanOrEqual(20)
    })
  })

  it('comes by force at once when the wait for it is cancelled', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(stubborn, {
        stdout: PIPE,
        startNewSession: true,
      })
      yield* process.stdout!.readLine()
      const closing = createTask(process.close({ grace: 60_000 }))
      yield* sleep(5)
      closing.cancel()
      const [outcome] = yield* gather([closing], { returnExceptions: true })
      expect(outcome.status).toBe('rejected')
      expect(process.returncode).toBe(-9)
    })
  })

  it('leaves the rest of the group its grace', async () => {
    await runs(function* () {
      const polite = `trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.01; done`
      const process = yield* createSubprocessShell(`(${polite}) & read line; exit 5`, {
        stdin: PIPE,
        stdout: PIPE,
        stderr: DEVNULL,
        processGroup: 0,
      })
      yield* process.stdout!.readLine()
      process.stdin!.write('\n')
      expect(yield* process.wait()).toBe(5)
      const closing = createTask(process.close())
      expect(String(yield* process.stdout!.readLine())).toBe('bye\n')
      expect(yield* closing).toBe(5)
    })
  })

  it('takes the rest of the group with it', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(`(${stubborn}) & read line; exit 0`, {
        stdin: PIPE,
        stdout: PIPE,
        stderr: DEVNULL,
        processGroup: 0,
      })
      yield* process.stdout!.readLine()
      process.stdin!.write('\n')
      expect(yield* process.wait()).toBe(0)
      expect(process.signalGroup(0)).toBe(true)
      const ended = createTask(process.stdout!.read())
      yield* sleep(0)
      expect(yield* process.close({ grace: 20 })).toBe(0)
      expect(yield* ended).toBe(null)
    })
  })

  it('closes pipes that nobody has read', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('yes', {
        stdin: PIPE,
        stdout: PIPE,
        limit: 1024,
      })
      yield* process.stdout!.readLine()
      const unread = process.stdout!
      expect(yield* process.close()).toBe(-15)
      while ((yield* unread.read(1_000_000)) !== null);
    })
  })

  it('leaves all that was written to be read, however much waits in the pipe', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('python3', ['-c', fill], {
        stdout: PIPE,
        stderr: PIPE,
      })
      expect(String(yield* process.stderr!.readLine())).toBe('done\n')
      yield* process.close()
      expect((yield* process.stdout!.readExactly(500_000)).length).toBe(500_000)
      expect(yield* process.stdout!.read()).toBeNull()
    })
  })

  it('comes when its signal is aborted', async () => {
    await runs(function* () {
      const controller = new AbortController()
      const { signal } = controller
      const process = yield* createSubprocessExec('sleep', ['60'], { signal })
      controller.abort()
      expect(yield* process.wait()).toBe(-15)
    })
  })
})
