// Ours, in the same shapes as node.ts and asyncio-loop.py.
import { getRunningLoop, type TimerHandle } from '@tsyncio/loop'
import { createTask, run, sleep } from '@tsyncio/tasks'

import { measure } from './measure.js'
import { CALLBACKS, DAY, ROUNDS, TASKS, TIMERS } from './sizes.js'

function callSoon(): Promise<number> {
  return run(function* () {
    const loop = getRunningLoop()
    const drained = loop.createFuture<number>()
    let left = CALLBACKS
    const callback = () => {
      if (--left === 0) drained.setResult(CALLBACKS)
    }
    for (let i = 0; i < CALLBACKS; i++) loop.callSoon(callback)
    return yield* drained
  })
}

function timers(): Promise<number> {
  return run(function* () {
    const loop = getRunningLoop()
    const made = new Array<TimerHandle>(TIMERS)
    for (let i = 0; i < TIMERS; i++) made[i] = loop.callLater(DAY, () => {})
    for (const timer of made) timer.cancel()
    yield* sleep(0)
    return TIMERS
  })
}

function* sleeper() {
  for (let i = 0; i < ROUNDS; i++) yield* sleep(0)
}

async function asyncSleeper(): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) await sleep(0)
}

function* waiter() {
  const loop = getRunningLoop()
  for (let i = 0; i < ROUNDS; i++) {
    const future = loop.createFuture<void>()
    loop.callSoon(() => future.setResult(undefined))
    yield* future
  }
}

async function asyncWaiter(): Promise<void> {
  const loop = getRunningLoop()
  for (let i = 0; i < ROUNDS; i++) {
    const future = loop.createFuture<void>()
    loop.callSoon(() => future.setResult(undefined))
    await future
  }
}

/** So many tasks of one kind take turns until all are done. */
function takeTurns(work: typeof sleeper | typeof asyncSleeper | typeof waiter) {
  return () =>
    run(function* () {
      const tasks = Array.from({ length: TASKS }, () => createTask(work))
      for (const task of tasks) yield* task
      return TASKS * ROUNDS
    })
}

function* nothing() {}

async function asyncNothing(): Promise<void> {}

/** Makes a task of a function and waits for it, one after the other. */
function create(work: typeof nothing | typeof asyncNothing) {
  return () =>
    run(function* () {
      for (let i = 0; i < CALLBACKS; i++) yield* createTask(work)
      return CALLBACKS
    })
}

await measure({
  'call-soon': callSoon,
  timers,
  'switch-sleep': takeTurns(sleeper),
  'switch-sleep-async': takeTurns(asyncSleeper),
  'switch-future': takeTurns(waiter),
  'switch-future-async': takeTurns(asyncWaiter),
  create: create(nothing),
  'create-async': create(asyncNothing),
})
