import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { isCancelled } from '@tsyncio/loop'
import {
  allTasks,
  CancelScope,
  coroutine,
  createTask,
  gather,
  sleep,
  type Coroutine,
  type Gen,
} from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  pipeline,
  PIPE,
  runProcess,
  subprocessShell,
  waitForFile,
  waitForLine,
  waitForPort,
  type Process,
} from '@tsyncio/subprocess'

import { children } from './children.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

vi.setConfig({ testTimeout: 60_000 })

leakCheck()

const folder = mkdtempSync(join(tmpdir(), 'cancellation-'))
const file = join(folder, 'input')
writeFileSync(file, 'x'.repeat(300_000))

const pieces = () => Array.from({ length: 30 }, (_, i) => String(i).repeat(10_000))

/** Calls that own their processes: nothing may be left of them. */
const owning: [string, () => Coroutine<unknown>][] = [
  ['runProcess', () => runProcess('sh', ['-c', 'cat; echo err >&2'], { input: pieces() })],
  ['runProcess of a file', () => runProcess('cat', [], { input: { file } })],
  ['runProcess with a timeout', () => runProcess('sleep', ['0.01'], { timeout: 5, grace: 5 })],
  ['runProcess with much output', () => runProcess('yes', [], { maxOutput: 100_000 })],
  ['runProcess that fails', () => runProcess('sh', ['-c', 'cat; exit 3'], { input: pieces() })],
  ['runProcess with a signal', () => runProcess('sleep', ['0.01'], { signal: anySignal() })],
  ['runProcess that does not start', () => runProcess('no-such-program', [], { input: 'x' })],
  ['pipeline', () => pipeline([['cat'], ['cat'], ['wc', '-c']], { input: pieces() })],
  ['pipeline that does not start', () => pipeline([['cat'], ['no-such-program']])],
]

const anySignal = () => new AbortController().signal

/** Waits for a process of somebody else's, who goes on with it. */
const waiting: [string, (process: Process) => Coroutine<unknown>][] = [
  ['communicate', (process) => process.communicate(pieces())],
  ['communicate of a file', (process) => process.communicate({ file })],
  ['lines', (process) => coroutine(readLines(process))],
  ['waitForLine', (process) => waitForLine(process, 'never')],
  ['waitForPort', (process) => waitForPort({ path: join(folder, 'nobody') }, { process })],
  ['waitForFile', (process) => waitForFile(join(folder, 'never'), { process })],
]

function* readLines(process: Process): Gen<void> {
  const lines = process.lines()
  try {
    while ((yield* lines.read()) !== null);
  } finally {
    lines.close()
  }
}

/** Runs a call, and cancels it after so many turns: whether it was over before. */
function* cancelledAfter(turns: number, call: () => Coroutine<unknown>): Gen<boolean> {
  const others = allTasks().size
  const task = createTask(call())
  for (let turn = 0; turn < turns && !task.done(); turn++) yield* sleep(turn < 10 ? 0 : 1)
  const wasDone = task.done()
  task.cancel()
  const [outcome] = yield* gather([task], { returnExceptions: true })
  // A failure of its own may have been on its way.
  if (!wasDone && outcome.status === 'rejected' && outcome.reason instanceof Error) {
    expect(isCancelled(outcome.reason) || 'code' in outcome.reason).toBe(true)
  }
  expect(allTasks().size).toBe(others)
  return wasDone
}

/** The same with a scope around it. */
function* leftAfter(turns: number, call: () => Coroutine<unknown>): Gen<boolean> {
  const others = allTasks().size
  const scope = new CancelScope()
  const task = createTask(
    scope.run(function* () {
      try {
        yield* call()
      } catch (error) {
        // This one is left, and none that it has made.
        expect(allTasks().size).toBe(others + 1)
        if (isCancelled(error)) throw error
      }
    }),
  )
  for (let turn = 0; turn < turns && !task.done(); turn++) yield* sleep(turn < 10 ? 0 : 1)
  const wasDone = task.done()
  scope.cancel()
  yield* task
  expect(allTasks().size).toBe(others)
  return wasDone
}

onEachDriver('cancelled at any moment', (runs) => {
  for (const [how, cancelled] of [
    ['its task', cancelledAfter],
    ['a scope', leftAfter],
  ] as const) {
    it.each(owning)(`by ${how}, %s leaves no process`, async (_name, call) => {
      await runs(function* () {
        let wasDone = false
        for (let turns = 0; turns < 26 && !wasDone; turns++) {
          wasDone = yield* cancelled(turns, call)
          expect(children()).toEqual([])
        }
      })
    })

    it.each(waiting)(`by ${how}, %s leaves the process as it was`, async (_name, call) => {
      await runs(function* () {
        for (let turns = 0; turns < 14; turns++) {
          const process = yield* createSubprocessShell('echo begun; exec cat', {
            stdin: PIPE,
            stdout: PIPE,
            stderr: PIPE,
          })
          yield* cancelled(turns, () => call(process))
          // Communicating may have been done with stdin; its readers are free again.
          if (process.returncode === null) expect(children()).toEqual([process.pid])
          const reading = createTask(process.stdout!.read(1))
          yield* process.close()
          yield* reading
        }
      })
    })
  }

  it('subprocessShell leaves no process', async () => {
    await runs(function* () {
      for (let turns = 0; turns < 8; turns++) {
        yield* cancelledAfter(turns, () =>
          coroutine(
            (function* () {
              const [transport] = yield* subprocessShell(() => ({}), 'exec sleep 60')
              try {
                yield* sleep(60_000)
              } finally {
                transport.close()
                while (transport.getReturncode() === null) yield* sleep(1)
              }
            })(),
          ),
        )
        expect(children()).toEqual([])
      }
    })
  })

  it('a wait of one of several goes on for the others', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE })
      const others = [createTask(process.wait()), createTask(process.wait())]
      yield* cancelledAfter(2, () => process.wait())
      process.stdin!.close()
      expect(yield* gather(others)).toEqual([0, 0])
    })
  })
})
