import { InvalidStateError } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { Held } from './held.js'
import { Line } from './line.js'
import { LoopBinding } from './loop-binding.js'
import { Waiter } from './waiter.js'

class LockLine extends Line<Disposable> {
  readonly #lock: Lock
  locked = false

  constructor(lock: Lock) {
    super(new LoopBinding(lock))
    this.#lock = lock
  }

  // Nobody overtakes who waits, woken or not; but those who were cancelled wait no more.
  override arrive(): boolean {
    if (this.locked || this.live > 0) return false
    this.locked = true
    return true
  }

  override proceed(): boolean {
    this.locked = true
    return true
  }

  take(): Disposable {
    return new Held(this.#lock)
  }

  // It may have been its turn: then it is that of the next.
  override leave(): void {
    if (!this.locked) this.wakeHead()
  }
}

/**
 * Mutual exclusion among tasks (asyncio's `Lock`): one at a time has it, the others wait
 * in the order in which they came.
 *
 * It is owned by nobody, so any task may release it, and it cannot be acquired twice. It
 * belongs to the loop of the first task that waits for it.
 *
 * @example
 * ```ts
 * import { gather, Lock, run, sleep } from 'tsyncio'
 *
 * const lock = new Lock()
 *
 * async function print(word: string) {
 *   using held = await lock.acquire()
 *   await sleep(1)
 *   console.log(word)
 * }
 *
 * await run(async () => gather([() => print('first'), () => print('second')]))
 * // first
 * // second
 * ```
 */
export class Lock {
  readonly #line = new LockLine(this)

  /**
   * Waits until the lock is free, and takes it. Cancelling gives up the place in the line;
   * the lock is not taken then, and whoever is next gets it.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @returns what releases the lock when it is disposed: `using held = await lock.acquire()`.
   * @throws TypeError if it would have to wait, and tasks of another loop have.
   */
  acquire(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<Disposable> {
    return coroutine(abortable(options?.signal, new Waiter(this.#line)))
  }

  /**
   * Lets go of the lock, and wakes the task that has waited for longest.
   *
   * @throws InvalidStateError if it is not locked.
   */
  release(): void {
    if (!this.#line.locked) {
      throw new InvalidStateError(`${this.toString()} is not locked: it cannot be released.`)
    }
    this.#line.locked = false
    this.#line.wakeHead()
  }

  locked(): boolean {
    return this.#line.locked
  }

  toString(): string {
    const { locked, length } = this.#line
    return `<Lock ${locked ? 'locked' : 'unlocked'}${length > 0 ? `, waiters: ${length}` : ''}>`
  }
}
