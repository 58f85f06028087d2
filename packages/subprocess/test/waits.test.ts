import { expect, it } from 'vitest'
import { createTask, gather, sleep, type Gen, type Task } from '@tsyncio/tasks'
import { isCancelled } from '@tsyncio/loop'
import {
  createSubprocessExec,
  createSubprocessShell,
  PIPE,
  type Process,
} from '@tsyncio/subprocess'

import { children } from './children.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const piped = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const
const stubborn = "trap '' TERM; echo ready; while :; do sleep 60; done"
const mebibyte = Buffer.alloc(1024 * 1024)

/** Cancels a task that has come to its wait; it must end so, and no otherwise. */
function* cancelled(task: Task<unknown>): Gen<void> {
  // Deep in its wait, whatever it takes to get there.
  for (let turn = 0; turn < 3; turn++) yield* sleep(0)
  expect(task.done()).toBe(false)
  task.cancel()
  const [outcome] = yield* gather([task], { returnExceptions: true })
  expect(outcome.status).toBe('rejected')
  expect(isCancelled((outcome as PromiseRejectedResult).reason)).toBe(true)
}

/** Every wait in the life of a process, and what is still so when it was cancelled. */
const waits: Record<string, () => Gen<void>> = {
  *start() {
    const starting = createTask(createSubprocessExec('cat', [], piped))
    starting.cancel()
    const [outcome] = yield* gather([starting], { returnExceptions: true })
    expect(outcome.status).toBe('rejected')
    expect(children()).toEqual([])
  },
  *drain() {
    const process = yield* createSubprocessShell('read line; cat | wc -c', piped)
    process.stdin!.write(mebibyte)
    yield* cancelled(createTask(process.stdin!.drain()))
    process.stdin!.write('\n')
    const [stdout] = yield* process.communicate(mebibyte)
    expect(Number(stdout)).toBe(mebibyte.length)
  },
  *waitClosed() {
    const process = yield* createSubprocessExec('sleep', ['60'], piped)
    process.stdin!.write(mebibyte)
    process.stdin!.close()
    yield* cancelled(createTask(process.stdin!.waitClosed()))
    expect(process.returncode).toBe(null)
    yield* process.close()
  },
  *read() {
    const process = yield* createSubprocessExec('cat', [], piped)
    yield* cancelled(createTask(process.stdout!.read(10)))
    const [stdout] = yield* process.communicate('all of it')
    expect(String(stdout)).toBe('all of it')
  },
  *readLine() {
    const process = yield* createSubprocessExec('cat', [], piped)
    process.stdin!.write('half ')
    expect(String(yield* process.stdout!.readExactly(1))).toBe('h')
    yield* cancelled(createTask(process.stdout!.readLine()))
    const [stdout] = yield* process.communicate('a line\n')
    expect(String(stdout)).toBe('alf a line\n')
  },
  *communicate() {
    const process = yield* createSubprocessExec('sleep', ['60'], piped)
    yield* cancelled(createTask(process.communicate(mebibyte)))
    expect(process.returncode).toBe(null)
    expect(yield* process.close()).toBe(-15)
  },
  *wait() {
    const process = yield* createSubprocessExec('cat', [], piped)
    yield* cancelled(createTask(process.wait()))
    expect(process.returncode).toBe(null)
    process.stdin!.close()
    expect(yield* process.wait()).toBe(0)
    yield* process.close()
  },
  *close() {
    const process = yield* createSubprocessShell(stubborn, { ...piped, processGroup: 0 })
    yield* process.stdout!.readLine()
    yield* cancelled(createTask(process.close({ grace: 60_000 })))
    expect(process.returncode).toBe(-9)
  },
  *'close without a group'() {
    const process = yield* createSubprocessShell("trap '' TERM; echo ready; read line", piped)
    yield* process.stdout!.readLine()
    yield* cancelled(createTask(process.close({ grace: 60_000 })))
    expect(process.returncode).toBe(-9)
  },
  *dispose() {
    const process = yield* createSubprocessShell("trap '' TERM; echo ready; read line", piped)
    yield* process.stdout!.readLine()
    function* used(it: Process): Gen<void> {
      try {
        yield* sleep(60_000)
      } finally {
        yield* it.close({ grace: 60_000 })
      }
    }
    const using = createTask(used(process))
    yield* sleep(0)
    using.cancel()
    yield* sleep(0)
    expect(process.returncode).toBe(null)
    yield* cancelled(using)
    expect(process.returncode).toBe(-9)
  },
}

onEachDriver('a cancellation', (runs) => {
  it.each(Object.keys(waits))('takes back the wait and nothing else: %s', async (name) => {
    expect.hasAssertions()
    await runs(waits[name]!)
  })
})

onEachDriver('a child', (runs) => {
  it('that closes its output and lives on has not ended', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('exec >&- 2>&-; read line; exit 4', piped)
      expect(yield* process.stdout!.read()).toBe(null)
      expect(yield* process.stderr!.read()).toBe(null)
      expect(process.returncode).toBe(null)
      process.stdin!.write('\n')
      expect(yield* process.wait()).toBe(4)
      yield* process.close()
    })
  })

  it('that never reads holds up who waits for it to, and can be ended', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('sleep', ['60'], piped)
      process.stdin!.write(mebibyte)
      const draining = createTask(process.stdin!.drain())
      yield* sleep(0)
      expect(draining.done()).toBe(false)
      expect(yield* process.close()).toBe(-15)
      const [outcome] = yield* gather([draining], { returnExceptions: true })
      expect(outcome.status).toBe('rejected')
    })
  })
})
