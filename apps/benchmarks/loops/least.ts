// The least that a library of this kind could do, with nothing of what makes it one: no
// cancellation, no contexts, no errors, no turns, no timers in order. What a bar asks for
// below these is not to be had.
import { AsyncLocalStorage } from 'node:async_hooks'

import { ReadyQueue } from '@tsyncio/loop'

import { measure } from './measure.js'
import { CALLBACKS, DAY, ROUNDS, TASKS, TIMERS } from './sizes.js'

type Steps = Iterator<Suspension, unknown, unknown>

interface Suspension {
  suspend(task: BareTask): void
}

const ready = new ReadyQueue()

function drain(): void {
  while (ready.length > 0) ready.shift().run()
}

class BareFuture {
  value: unknown
  done = false
  waiter: BareTask | undefined

  set(value: unknown): void {
    this.value = value
    this.done = true
    if (this.waiter !== undefined) ready.push(this.waiter)
  }

  [Symbol.iterator](): BareWait {
    return new BareWait(this)
  }
}

class BareWait implements Suspension {
  readonly future: BareFuture

  constructor(future: BareFuture) {
    this.future = future
  }

  next(): IteratorResult<Suspension, unknown> {
    return this.future.done
      ? { done: true, value: this.future.value }
      : { done: false, value: this }
  }

  suspend(task: BareTask): void {
    this.future.waiter = task
  }
}

class BareTask {
  readonly end = new BareFuture()

  readonly steps: Steps

  constructor(steps: Steps) {
    this.steps = steps
    ready.push(this)
  }

  run(): void {
    const step = this.steps.next()
    if (step.done === true) this.end.set(step.value)
    else step.value.suspend(this)
  }
}

class BareCallback {
  readonly callback: () => void

  constructor(callback: () => void) {
    this.callback = callback
  }

  run(): void {
    this.callback()
  }
}

class GiveWay implements Suspension {
  gave: boolean

  constructor() {
    this.gave = false
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Suspension, unknown> {
    if (this.gave) return { done: true, value: undefined }
    this.gave = true
    return { done: false, value: this }
  }

  suspend(task: BareTask): void {
    ready.push(task)
  }
}

function* sleeper() {
  for (let i = 0; i < ROUNDS; i++) yield* new GiveWay()
}

function* waiter() {
  for (let i = 0; i < ROUNDS; i++) {
    const future = new BareFuture()
    ready.push(new BareCallback(() => future.set(undefined)))
    yield* future
  }
}

function takeTurns(work: () => Steps): number {
  for (let i = 0; i < TASKS; i++) new BareTask(work())
  drain()
  return TASKS * ROUNDS
}

function* nothing() {}

function* creator() {
  for (let i = 0; i < CALLBACKS; i++) yield* new BareTask(nothing()).end
}

function create(): number {
  new BareTask(creator())
  drain()
  return CALLBACKS
}

/** A promise's `resolve`, to be called in its turn. */
class Resolution {
  readonly resolve: () => void

  constructor(resolve: () => void) {
    this.resolve = resolve
  }

  run(): void {
    this.resolve()
    runMicrotasks()
  }
}

class Thenable {
  then(resolve: () => void): void {
    ready.push(new Resolution(resolve))
  }
}

async function asyncSleeper(): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) await new Thenable()
}

const runMicrotasks = (process as NodeJS.Process & { _tickCallback(): void })._tickCallback

const storage = new AsyncLocalStorage<object>()

// What an async function does after a wait comes before the next that is ready, and its
// task is found in a storage: these two belong to the contract.
function takeAsyncTurns(): Promise<number> {
  return new Promise((resolve) => {
    for (let i = 0; i < TASKS; i++) storage.run({}, () => void asyncSleeper())
    setImmediate(() => {
      drain()
      resolve(TASKS * ROUNDS)
    })
  })
}

class BareTimer {
  readonly when: number
  readonly callback: () => void
  cancelled = false

  constructor(when: number, callback: () => void) {
    this.when = when
    this.callback = callback
  }
}

function timers(): number {
  const now = performance.now()
  const waiting: BareTimer[] = []
  const made = new Array<BareTimer>(TIMERS)
  for (let i = 0; i < TIMERS; i++) {
    const timer = new BareTimer(now + DAY, () => {})
    waiting.push(timer)
    made[i] = timer
  }
  for (const timer of made) timer.cancelled = true
  return TIMERS
}

await measure({
  'switch-sleep': () => takeTurns(sleeper),
  'switch-future': () => takeTurns(waiter),
  'switch-sleep-async': takeAsyncTurns,
  create,
  timers,
})
