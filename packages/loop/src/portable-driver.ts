import { drainMicrotasks } from './drain-microtasks.js'
import type { Driver } from './driver.js'
import type { LoopCore } from './loop-core.js'
import { canWait } from './waiting-clock.js'

type Macrotask = (callback: () => void) => void

// setTimeout(0) is clamped to 4 ms in browsers; a message port is not.
function messageTask(): Macrotask {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  ;(port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()?.()
  return (callback) => {
    waiting.push(callback)
    port2.postMessage(0)
  }
}

let macrotask: Macrotask | undefined

function soon(callback: () => void): void {
  macrotask ??=
    typeof setImmediate === 'function' ? (task) => void setImmediate(task) : messageTask()
  macrotask(callback)
}

// Node rounds down and may fire early; the turn looks at the clock itself and waits again.
const longestTimeout = 2 ** 31 - 1

function timerWait(core: LoopCore, deadline: number, callback: () => void): () => void {
  const timeout = Math.min(Math.max(Math.ceil(deadline - core.clock.now()), 0), longestTimeout)
  const timer = setTimeout(callback, timeout) as { unref?: () => void } & ReturnType<
    typeof setTimeout
  >
  if (core.refs === 0) timer.unref?.()
  return () => clearTimeout(timer)
}

/**
 * The same loop on `setTimeout` and macrotasks: for machines and runtimes without the
 * native binary. Everything works but what needs fds.
 */
export class PortableDriver implements Driver {
  readonly name = 'portable'
  readonly #core: LoopCore
  readonly #drains: boolean
  #takeTurn: () => void = () => undefined
  #running = false
  #armed = false
  #cancelWait: () => void = () => undefined

  /** @param options.drain false behaves as runtimes do that cannot drain microtasks. */
  constructor(core: LoopCore, options: { drain?: boolean } = {}) {
    this.#core = core
    this.#drains = options.drain ?? true
  }

  start(takeTurn: () => void): void {
    this.#takeTurn = takeTurn
    this.#running = true
    this.wake()
  }

  stop(): void {
    this.#running = false
    this.#cancelWait()
  }

  wake(): void {
    if (this.#armed || !this.#running) return
    this.#armed = true
    this.#cancelWait()
    soon(() => this.#turn())
  }

  drainMicrotasks(): boolean {
    return this.#drains && drainMicrotasks()
  }

  #turn(): void {
    this.#armed = false
    if (!this.#running) return
    this.#takeTurn()
    // `running` may have changed: the turn may have ended the run.
    if (!(this.#running as boolean)) return
    if (this.#core.hasWork) this.wake()
    else this.#wait()
  }

  #wait(): void {
    const wake = (): void => {
      this.#armed = true
      this.#turn()
    }
    const { clock, refs, timers } = this.#core
    const deadline = timers.deadline()
    if (deadline === Infinity && refs === 0 && !canWait(clock)) return
    this.#cancelWait = canWait(clock)
      ? clock.wait(this.#core, wake)
      : timerWait(this.#core, deadline, wake)
  }
}
