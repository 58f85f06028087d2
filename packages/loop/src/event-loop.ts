import { unsupportedReason } from '@tsyncio/syscalls'
import { DefaultSelector, type FileDescriptorLike } from '@tsyncio/selectors'

import { AbsentSelector } from './absent-selector.js'
import { monotonicClock } from './clock.js'
import { tellOfClosing } from './closing.js'
import { Context } from './context.js'
import { countDebugMode } from './debug-mode.js'
import { debugByDefault, sourceOfCaller, timedRun } from './debug.js'
import { defaultDriver } from './default-driver.js'
import type { EventLoopOptions } from './event-loop-options.js'
import {
  callExceptionHandler,
  defaultExceptionHandler,
  type ExceptionContext,
  type ExceptionHandler,
  type ExceptionReporter,
} from './exception-handler.js'
import { unwatchFd, watchFd } from './fd-callbacks.js'
import { Future } from './future.js'
import { Handle, type Callback } from './handle.js'
import { InvalidStateError } from './invalid-state-error.js'
import { reportLeftovers } from './leftover.js'
import { LoopCore } from './loop-core.js'
import { ReadyQueue } from './ready-queue.js'
import { requireCallback, requirePlainCallback, requireTime } from './require-callback.js'
import type { RemoteHandle } from './remote-handle.js'
import { RemoteHandlers } from './remote-handlers.js'
import type { Runnable } from './runnable.js'
import { Runs } from './runs.js'
import { setLoopOfThread } from './running-loop.js'
import { SignalHandlers } from './signal-handlers.js'
import { noteSource } from './source.js'
import { TimerHandle } from './timer-handle.js'

/**
 * An event loop (asyncio's, over a selector): callbacks, timers, fds and signals.
 *
 * A loop takes turns while it is run: inside Node's loop by `runForever` and
 * `runUntilComplete`, which give promises, or owning the thread by their `...Blocking`
 * twins. Times are milliseconds.
 *
 * @example
 * ```ts
 * import { EventLoop } from '@tsyncio/loop'
 *
 * const loop = new EventLoop()
 * loop.callLater(2, () => loop.stop())
 * loop.callSoon(() => console.log('first'))
 * await loop.runForever()
 * loop.close()
 * ```
 */
export class EventLoop implements ExceptionReporter {
  readonly #core: LoopCore
  readonly #runs: Runs
  readonly #signals: SignalHandlers
  #remotes: RemoteHandlers | undefined
  #closed = false
  #debug = false
  #exceptionHandler: ExceptionHandler<EventLoop> | undefined
  /** In debug mode, a callback that takes longer is reported; milliseconds. */
  slowCallbackDuration = 100

  constructor(options: EventLoopOptions = {}) {
    const selector =
      options.selector ??
      (unsupportedReason === undefined
        ? new DefaultSelector()
        : new AbsentSelector(unsupportedReason))
    const { clock = monotonicClock, ready = new ReadyQueue() } = options
    this.#core = new LoopCore(this, selector, clock, ready)
    this.#signals = new SignalHandlers((handle) => this.schedule(handle))
    this.#runs = new Runs(this, this.#signals, options.driver ?? defaultDriver)
    this.setDebug(options.debug ?? debugByDefault())
  }

  /** What the loop is made of: for drivers and transports, not for programs. */
  get core(): LoopCore {
    return this.#core
  }

  // Time and callbacks

  /** The loop's time in milliseconds; it never goes back. */
  time(): number {
    return this.#core.clock.now()
  }

  /** Calls `callback(...args)` in the next turn, after what was scheduled before. */
  callSoon<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): Handle {
    const handle = this.#handle(callback, 'callSoon', args)
    this.#core.schedule(handle)
    return handle
  }

  /** As {@link callSoon}, in a context other than the current one. */
  callSoonIn<A extends unknown[]>(
    context: Context,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle {
    const handle = this.#handle(callback, 'callSoon', args, context)
    this.#core.schedule(handle)
    return handle
  }

  /**
   * Calls `callback(...args)` after `delay` milliseconds, never earlier; in the next turn
   * if that is not positive. Equal deadlines keep the order in which they were made.
   */
  callLater<A extends unknown[]>(
    delay: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    requireTime(delay, 'delay')
    return this.#timer(this.time() + delay, callback, 'callLater', args)
  }

  /** Calls `callback(...args)` when {@link time} is `when`, never earlier. */
  callAt<A extends unknown[]>(
    when: number,
    callback: (...args: A) => unknown,
    ...args: A
  ): TimerHandle {
    requireTime(when, 'when')
    return this.#timer(when, callback, 'callAt', args)
  }

  /** Puts something at the end of the ready queue: what tasks and transports use. */
  schedule(runnable: Runnable): void {
    this.#core.schedule(runnable)
  }

  /** The running handle settled a promise: its reactions go before the next handle. */
  promiseSettled(): void {
    this.#core.promiseSettled()
  }

  createFuture<T = unknown>(): Future<T> {
    return new Future<T>({ loop: this })
  }

  // Files

  /**
   * Calls `callback(...args)` whenever `fd` is readable, in place of the reader that it
   * may have had. The fd must stay open until {@link removeReader}.
   */
  addReader<A extends unknown[]>(
    fd: FileDescriptorLike,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle {
    const handle = this.#handle(callback, 'addReader', args, Context.current.copy())
    return watchFd(this.#core.fds, 'addReader', fd, handle)
  }

  /** Calls `callback(...args)` whenever `fd` is writable. */
  addWriter<A extends unknown[]>(
    fd: FileDescriptorLike,
    callback: (...args: A) => unknown,
    ...args: A
  ): Handle {
    const handle = this.#handle(callback, 'addWriter', args, Context.current.copy())
    return watchFd(this.#core.fds, 'addWriter', fd, handle)
  }

  /** Stops watching for readability; false if nobody was. */
  removeReader(fd: FileDescriptorLike): boolean {
    return !this.#closed && unwatchFd(this.#core.fds, 'removeReader', fd)
  }

  removeWriter(fd: FileDescriptorLike): boolean {
    return !this.#closed && unwatchFd(this.#core.fds, 'removeWriter', fd)
  }

  // Signals and other threads

  /**
   * Calls `callback(...args)` in the loop when the process gets `signal`, in place of the
   * handler that this loop may have had. In the main thread only.
   */
  addSignalHandler<A extends unknown[]>(
    signal: NodeJS.Signals,
    callback: (...args: A) => unknown,
    ...args: A
  ): void {
    this.#requireOpen()
    requirePlainCallback(callback, 'a signal handler')
    this.#signals.add(signal, new Handle(this, callback, args, Context.current.copy()))
  }

  removeSignalHandler(signal: NodeJS.Signals): boolean {
    return this.#signals.remove(signal)
  }

  /** Names a function that worker threads may call through {@link remote}. */
  handleRemote(name: string, handler: (...args: never[]) => unknown): void {
    this.#requireOpen()
    this.#remoteHandlers.handle(name, handler as Callback)
  }

  /**
   * A handle to post to one worker thread, which opens it with `openRemote` and then
   * calls the functions named by {@link handleRemote}. Give its `port` in the transfer list.
   */
  remote(): RemoteHandle {
    this.#requireOpen()
    return this.#remoteHandlers.open()
  }

  // Running

  /** Runs inside Node's loop until {@link stop}. */
  runForever(): Promise<void> {
    return this.#runs.hosted(undefined) as Promise<void>
  }

  /** Runs inside Node's loop until `future` is done, and gives its result. */
  runUntilComplete<T>(future: Future<T>): Promise<T> {
    return this.#runs.hosted(future) as Promise<T>
  }

  /** Owns the thread until {@link stop}. Node's loop stands still meanwhile. */
  runForeverBlocking(): void {
    this.#runs.blocking(undefined)
  }

  /** Owns the thread until `future` is done, and gives its result. */
  runUntilCompleteBlocking<T>(future: Future<T>): T {
    return this.#runs.blocking(future) as T
  }

  /** Ends the run after this turn: handles that are queued now still run. */
  stop(): void {
    this.#core.stopping = true
    this.#core.wake()
  }

  isRunning(): boolean {
    return this.#runs.isRunning
  }

  /** Gives up everything that is scheduled or watched. A loop that runs must be stopped first. */
  close(): void {
    if (this.#closed) return
    if (this.isRunning()) throw new Error('The loop is running: stop it before closing it.')
    this.#closed = true
    countDebugMode(this, false)
    tellOfClosing(this)
    reportLeftovers(this)
    this.#signals.clear()
    this.#remotes?.close()
    this.#core.fds.clear()
    this.#core.timers.clear()
    this.#core.ready.clear()
    this.#core.selector.close()
  }

  isClosed(): boolean {
    return this.#closed
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // Errors and debugging

  getExceptionHandler(): ExceptionHandler<EventLoop> | undefined {
    return this.#exceptionHandler
  }

  /** Replaces the default handler; `undefined` brings it back. */
  setExceptionHandler(handler: ExceptionHandler<EventLoop> | undefined): void {
    if (handler !== undefined) requireCallback(handler, 'an exception handler')
    this.#exceptionHandler = handler
  }

  /** Writes to standard error what is known of an error that nobody caught. */
  defaultExceptionHandler(context: ExceptionContext): void {
    defaultExceptionHandler(context)
  }

  /** Hands an error that nobody caught to the handler; never throws. */
  callExceptionHandler(context: ExceptionContext): void {
    callExceptionHandler(this, this.#exceptionHandler, context)
  }

  getDebug(): boolean {
    return this.#debug
  }

  /** Debug mode: where things were made, slow callbacks, failures reported at once. */
  setDebug(enabled: boolean): void {
    this.#debug = enabled
    countDebugMode(this, enabled && !this.#closed)
    this.#core.runHook = enabled ? timedRun(this) : undefined
  }

  toString(): string {
    const state = this.#closed ? 'closed' : this.isRunning() ? 'running' : 'idle'
    return `<EventLoop ${state}${this.#debug ? ' debug' : ''}>`
  }

  get #remoteHandlers(): RemoteHandlers {
    return (this.#remotes ??= new RemoteHandlers(this))
  }

  #handle(callback: unknown, name: string, args: unknown[], context?: Context): Handle {
    this.#requireOpen()
    this.#requireCallback(callback, name)
    const handle = new Handle(this, callback as Callback, args, context ?? Context.currentValues)
    if (this.#debug) noteSource(handle, sourceOfCaller())
    return handle
  }

  #timer(when: number, callback: unknown, name: string, args: unknown[]): TimerHandle {
    this.#requireOpen()
    this.#requireCallback(callback, name)
    const { timers } = this.#core
    const timer = new TimerHandle(timers, when, callback as Callback, args, Context.currentValues)
    if (this.#debug) noteSource(timer, sourceOfCaller())
    this.#core.addTimer(timer)
    return timer
  }

  #requireOpen(): void {
    if (this.#closed) throw new InvalidStateError('The loop is closed.')
  }

  #requireCallback(callback: unknown, name: string): void {
    if (this.#debug) requirePlainCallback(callback, `${name}()`)
    else requireCallback(callback, `${name}()`)
  }
}

// Lives inside Node's loop from the first time that somebody asks for it.
setLoopOfThread(() => {
  const loop = new EventLoop()
  void loop.runForever()
  return loop
})
