// One turn of the loop (EV7), which everything else rests upon:
//
//   1. purge     cancelled timers leave
//   2. select    wait for fds: not at all if something is ready, else until the next
//                deadline, else as long as the driver has patience
//   3. fds       ready fds queue their handles, a reader before its writer
//   4. timers    due timers queue theirs, earliest first, oldest first among equals
//   5. run       exactly the handles that are queued now
//
// What a handle schedules runs in the next turn, after the next look at the fds: so a
// chain of callSoon() cannot starve them. A handle that settled a promise lets the
// promise's reactions run before the next handle, so that an async function goes on in
// the same place of the order as a generator would.
import { HostWord } from '@tsyncio/syscalls'
import type { ReadyList, Selector } from '@tsyncio/selectors'

import type { Clock } from './clock.js'
import type { Driver } from './driver.js'
import type { EventLoop } from './event-loop.js'
import { FdWatchers } from './fd-watchers.js'
import { hasOutsideWaits } from './outside-waits.js'
import type { ReadyQueue } from './ready-queue.js'
import type { References } from './references.js'
import type { Runnable } from './runnable.js'
import { swapRunningLoop } from './running-loop.js'
import type { TimerHandle } from './timer-handle.js'
import { Timers } from './timers.js'
import { canWait, type WaitingClock } from './waiting-clock.js'

// A clock may be set back under a sleeping kernel; asyncio's cap is kept.
const longestWait = 86_400_000

/** Wraps the run of each handle: debug mode times them. It gives what `run` gives. */
export type RunHook = (run: (runnable: Runnable) => boolean, runnable: Runnable) => boolean

export class LoopCore implements References {
  readonly selector: Selector
  readonly clock: Clock
  readonly ready: ReadyQueue
  readonly timers: Timers
  readonly fds: FdWatchers
  /** Shared with C while the loop is hosted: see HostWord. */
  readonly words = new Float64Array(HostWord.count)
  driver: Driver | undefined
  stopping = false
  /** Other threads that may bring work: nobody knows whether they will. */
  remotes = 0
  runHook: RunHook | undefined
  /** Ends the run as one that nothing can wake; there while a future is run. */
  giveUp: (() => void) | undefined
  /** How many turns there were. */
  turns = 0
  readonly #owner: EventLoop
  readonly #waitingClock: WaitingClock | undefined
  readonly #readyFds: ReadyList = { keys: [], masks: [] }
  #turning = false
  #settledPromise = false
  #unfinished = 0
  readonly #runInHook = (runnable: Runnable): boolean => this.#run(runnable)

  constructor(owner: EventLoop, selector: Selector, clock: Clock, ready: ReadyQueue) {
    this.#owner = owner
    this.selector = selector
    this.clock = clock
    this.#waitingClock = canWait(clock) ? clock : undefined
    this.ready = ready
    this.timers = new Timers(owner, this)
    this.fds = new FdWatchers(selector, this)
    this.words[HostWord.deadline] = Infinity
  }

  /** Puts `runnable` at the end of the ready queue. */
  schedule(runnable: Runnable): void {
    this.ready.push(runnable)
    if (!this.#turning) this.wake()
  }

  /** Puts a timer among the others. */
  addTimer(timer: TimerHandle): void {
    this.timers.add(timer)
    if (timer.when() < (this.words[HostWord.deadline] as number)) this.wake()
  }

  /** Says that the next turn must not be waited for, or that what it needs has changed. */
  wake(): void {
    if (this.#turning || this.words[HostWord.ready] !== 0) return
    this.words[HostWord.ready] = 1
    if (this.words[HostWord.driving] === 0) this.driver?.wake()
  }

  /** One more thing keeps the process alive. */
  add(): void {
    if ((this.words[HostWord.refs] as number)++ === 0) this.wake()
  }

  remove(): void {
    if (--(this.words[HostWord.refs] as number) === 0) this.wake()
  }

  get refs(): number {
    return this.words[HostWord.refs] as number
  }

  get hasWork(): boolean {
    return this.ready.length > 0
  }

  /** Whether the turn had to stop to let promise reactions run. */
  get isMidTurn(): boolean {
    return this.#unfinished > 0
  }

  /** Whether there is nothing left that could ever bring another turn. */
  get isStuck(): boolean {
    return !this.hasWork && this.refs === 0 && this.remotes === 0
  }

  /** Whether something outside of the loop may bring work: an fd, a thread, a promise. */
  get awaitsOutside(): boolean {
    return this.fds.refs > 0 || this.remotes > 0 || hasOutsideWaits(this.#owner)
  }

  /** The running handle settled a promise. */
  promiseSettled(): void {
    this.#settledPromise = true
  }

  /** @param patience how long the selector may wait at the most, in milliseconds. */
  turn(patience: number): void {
    const outer = swapRunningLoop(this.#owner)
    this.#turning = true
    this.turns++
    try {
      if (this.#unfinished === 0) {
        this.timers.purge()
        this.#select(patience)
        this.#queueDueTimers()
        this.#unfinished = this.ready.length
      }
      this.#runReady()
    } finally {
      this.#turning = false
      swapRunningLoop(outer)
      this.words[HostWord.ready] = this.ready.length
      if (this.#waitingClock === undefined) this.words[HostWord.deadline] = this.timers.deadline()
    }
  }

  #select(patience: number): void {
    if (patience === 0 && this.fds.size === 0) return
    const { keys, masks } = this.#readyFds
    const count = this.selector.selectInto(this.#timeout(patience), this.#readyFds)
    for (let i = 0; i < count; i++) {
      this.fds.queue((keys[i] as { data: unknown }).data, masks[i] as number, this.ready)
    }
    if (patience > 0 && !this.hasWork && !this.stopping)
      this.#waitingClock?.jump(this.timers.deadline())
  }

  #timeout(patience: number): number | null {
    if (patience === 0 || this.ready.length > 0 || this.stopping) return 0
    const deadline = this.timers.deadline()
    if (this.#waitingClock !== undefined && deadline !== Infinity)
      return this.fds.refs > 0 ? this.#waitingClock.patience : 0
    const timeout = Math.min(deadline - this.clock.now(), patience)
    return timeout === Infinity ? null : Math.min(Math.max(timeout, 0), longestWait)
  }

  #queueDueTimers(): void {
    if (this.timers.length === 0) return
    const now = this.clock.now()
    for (let timer; (timer = this.timers.takeDue(now)) !== undefined;) this.ready.push(timer)
  }

  #runReady(): void {
    const { ready, runHook } = this
    while (this.#unfinished > 0) {
      this.#unfinished--
      const runnable = ready.shift()
      if (!(runHook === undefined ? this.#run(runnable) : runHook(this.#runInHook, runnable)))
        return
    }
  }

  /** False if the turn has to stop for the promise reactions that the handle brought about. */
  #run(runnable: Runnable): boolean {
    runnable.run()
    if (!this.#settledPromise) return true
    this.#settledPromise = false
    return this.#drainMicrotasks()
  }

  // Promise reactions are code of anybody's: this is not their turn.
  #drainMicrotasks(): boolean {
    const inner = swapRunningLoop(undefined)
    try {
      return this.driver?.drainMicrotasks() !== false
    } finally {
      swapRunningLoop(inner)
    }
  }
}
