import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { Held } from './held.js'
import { Line } from './line.js'
import { LoopBinding } from './loop-binding.js'
import { requireInteger } from './require-integer.js'
import { Waiter } from './waiter.js'

// Whoever is woken has been given its permit already: nobody can snatch it meanwhile.
class SemaphoreLine extends Line<Disposable> {
  readonly #semaphore: Semaphore
  permits: number

  constructor(semaphore: Semaphore, permits: number) {
    super(new LoopBinding(semaphore))
    this.#semaphore = semaphore
    this.permits = permits
  }

  get locked(): boolean {
    return this.permits === 0 || this.live > 0
  }

  override arrive(): boolean {
    if (this.locked) return false
    this.permits--
    return true
  }

  override proceed(): boolean {
    this.grant()
    return true
  }

  take(): Disposable {
    return new Held(this.#semaphore)
  }

  override leave(woken: boolean): void {
    if (woken) this.permits++
    this.grant()
  }

  /** Gives the permits there are to who came first, of those who had to wait for their turn. */
  grant(): void {
    while (this.permits > 0 && this.grantOne());
  }

  grantOne(): boolean {
    if (!this.wakeNext()) return false
    this.permits--
    return true
  }
}

/**
 * A number of permits (asyncio's `Semaphore`): so many tasks at a time have one, the
 * others wait in the order in which they came.
 *
 * `release` need not follow an `acquire`: it adds a permit. Where that would be a mistake,
 * take a {@link BoundedSemaphore}. It belongs to the loop of the first task that waits.
 *
 * @example
 * ```ts
 * import { gather, run, Semaphore, sleep } from 'tsyncio'
 *
 * const two = new Semaphore(2)
 * let most = 0
 * let now = 0
 *
 * async function work() {
 *   using permit = await two.acquire()
 *   most = Math.max(most, ++now)
 *   await sleep(1)
 *   now--
 * }
 *
 * await run(async () => gather([work, work, work, work]))
 * console.log(most) // 2
 * ```
 */
export class Semaphore {
  readonly #line: SemaphoreLine

  /** @param value how many permits there are to begin with; `Infinity` for no limit. */
  constructor(value = 1) {
    if (value !== Infinity) requireInteger(value, 'a number of permits', 0)
    this.#line = new SemaphoreLine(this, value)
  }

  /**
   * Waits for a permit, and takes it. Cancelling gives up the place in the line, and gives
   * back a permit that was on its way.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @returns what releases the permit when it is disposed: `using permit = await s.acquire()`.
   * @throws TypeError if it would have to wait, and tasks of another loop have.
   */
  acquire(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<Disposable> {
    return coroutine(abortable(options?.signal, new Waiter(this.#line)))
  }

  /** Gives back a permit, or adds one: to the task that has waited for longest, if one does. */
  release(): void {
    this.#line.permits++
    this.#line.grantOne()
  }

  /** Whether `acquire` would have to wait: no permit is left, or others are to go first. */
  locked(): boolean {
    return this.#line.locked
  }

  /** The permits that are left. */
  protected get permits(): number {
    return this.#line.permits
  }

  toString(): string {
    const { permits, locked, length } = this.#line
    const state = locked ? 'locked' : `unlocked, permits: ${permits}`
    return `<${this.constructor.name} ${state}${length > 0 ? `, waiters: ${length}` : ''}>`
  }
}
