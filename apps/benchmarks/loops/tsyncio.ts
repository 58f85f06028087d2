// Ours, in the same shapes as node.ts and asyncio-loop.py.
import { getRunningLoop, type TimerHandle } from '@tsyncio/loop'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'

import { channelHandOvers, lockHandOvers, queueHandOvers } from './hand-overs.js'
import { measure } from './measure.js'
import { CALLBACKS, DAY, DEEP_ROUNDS, DEPTH, PAIR_ROUNDS, ROUNDS, TASKS, TIMERS } from './sizes.js'
import { takeTurns } from './take-turns.js'

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

/** As timeouts live: most are taken back before anything else happens. */
function timeouts(): Promise<number> {
  return run(function* () {
    const loop = getRunningLoop()
    for (let i = 0; i < TIMERS; i++) loop.callLater(DAY, () => {}).cancel()
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

function* deep(level: number): Gen<void> {
  if (level === 0) yield* sleep(0)
  else yield* deep(level - 1)
}

function* diver() {
  for (let i = 0; i < DEEP_ROUNDS; i++) yield* deep(DEPTH)
}

async function asyncDeep(level: number): Promise<void> {
  if (level === 0) await sleep(0)
  else await asyncDeep(level - 1)
}

async function asyncDiver(): Promise<void> {
  for (let i = 0; i < DEEP_ROUNDS; i++) await asyncDeep(DEPTH)
}

function* pairedSleeper() {
  for (let i = 0; i < PAIR_ROUNDS; i++) yield* sleep(0)
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
  timeouts,
  'switch-sleep': takeTurns(sleeper, TASKS, ROUNDS),
  'switch-sleep-async': takeTurns(asyncSleeper, TASKS, ROUNDS),
  'switch-future': takeTurns(waiter, TASKS, ROUNDS),
  'switch-future-async': takeTurns(asyncWaiter, TASKS, ROUNDS),
  'switch-pair': takeTurns(pairedSleeper, 2, PAIR_ROUNDS),
  'hand-over-lock': lockHandOvers,
  'hand-over-queue': queueHandOvers,
  'hand-over-channel': channelHandOvers,
  deep: takeTurns(diver, TASKS, DEEP_ROUNDS),
  'deep-async': takeTurns(asyncDiver, TASKS, DEEP_ROUNDS),
  create: create(nothing),
  'create-async': create(asyncNothing),
})
