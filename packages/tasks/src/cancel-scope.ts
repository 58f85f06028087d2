// A region of a program that can be cancelled as one, and stays cancelled.
//
// `Task.cancel()` is an edge: one request, one CancelledError, which a careless `catch`
// can swallow. A scope is a level: once it is cancelled, every wait inside it throws,
// until the scope is left. Nothing is counted, so `cancelling()` knows nothing of it.
//
// Each strand knows the innermost scope around it, each scope the one around that. A
// scope that is cancelled interrupts the strands that wait inside; a strand that is about
// to wait asks its scopes itself. The outermost scope that is cancelled is the one that
// speaks, so that the error travels as far as it has to; a shield hides what is outside.
import { CancelledError, type Handle } from '@tsyncio/loop'

import { coroutine, type Coroutine, type Gen, type Out, type Started } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { requireDeadline } from './require-deadline.js'
import { ScopeCancelledError } from './scope-cancelled-error.js'
import { ScopeSignals } from './scope-signals.js'
import { startBody } from './start-body.js'
import type { Strand } from './strand.js'
import type { Task } from './task.js'

// A task that catches the error and waits again is told again, for ever.
const tooManyInterruptions = 1000

export interface CancelScopeOptions {
  /** When it cancels itself, on the loop's clock in milliseconds. Default: Infinity. */
  readonly deadline?: number
  /** Whether it keeps off the cancellation of scopes around it. Default: false. */
  readonly shield?: boolean
}

/**
 * A region that can be cancelled as one (trio's and anyio's cancel scope): whatever waits
 * inside it, tasks of groups that were opened there included, is interrupted at each wait
 * until the region is left.
 *
 * The scope catches the error that it caused, and nothing else: `run` gives `undefined`
 * then. `Task.cancel()` passes through it, and `cancelling()` is not changed by it. A task
 * made with `createTask` is outside of it.
 *
 * @example
 * ```ts
 * import { CancelScope, run, sleep } from 'tsyncio'
 *
 * await run(function* () {
 *   const scope = new CancelScope()
 *   yield* scope.run(function* () {
 *     scope.cancel()
 *     yield* sleep(60_000)
 *     console.log('never')
 *   })
 *   console.log(scope.cancelledCaught) // true
 * })
 * ```
 */
export class CancelScope {
  #parent: CancelScope | undefined
  readonly #children = new Set<CancelScope>()
  readonly #strands = new Set<Strand>()
  #signals: ScopeSignals | undefined
  #interruptions: Map<Task, number> | undefined
  #owner: Strand | undefined
  #state: 'new' | 'entered' | 'left' = 'new'
  #cancelled = false
  #caught = false
  #expired = false
  #shield: boolean
  #deadline: number
  #timer: Handle | undefined
  #reason: string | undefined

  /** @throws RangeError if the deadline is NaN. */
  constructor({ deadline = Infinity, shield = false }: CancelScopeOptions = {}) {
    requireDeadline(deadline)
    this.#deadline = deadline
    this.#shield = shield
  }

  /** Whether {@link cancel} was called, or the deadline has passed. */
  get cancelCalled(): boolean {
    return this.#cancelled
  }

  /** Whether the body was ended by this scope, and its error caught. */
  get cancelledCaught(): boolean {
    return this.#caught
  }

  /** Whether it was the deadline that cancelled it. */
  get expired(): boolean {
    return this.#expired
  }

  /** What {@link cancel} was told: the message of the errors. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** When it cancels itself, on the loop's clock; Infinity for never. Can be moved. */
  get deadline(): number {
    return this.#deadline
  }

  set deadline(when: number) {
    requireDeadline(when)
    this.#deadline = when
    if (this.#state === 'entered') this.#arm()
  }

  /** Whether it keeps off the cancellation of scopes around it. Can be changed. */
  get shield(): boolean {
    return this.#shield
  }

  set shield(shield: boolean) {
    this.#shield = shield
    if (!shield && this.cancelledBy() !== undefined) this.#spread()
  }

  /** Cancels what is inside, now and until the scope is left. Again does nothing. */
  cancel(reason?: string): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#reason = reason
    this.#timer?.cancel()
    this.#spread()
  }

  /**
   * Runs `body` inside the scope, once.
   *
   * @returns what the body returned; `undefined` if the scope ended it.
   * @throws TypeError if the scope was entered before.
   */
  run<S extends Started>(body: (scope: CancelScope) => S): Coroutine<Out<S> | undefined> {
    if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
    return coroutine(this.#run(body))
  }

  *#run<S extends Started>(body: (scope: CancelScope) => S): Gen<Out<S> | undefined> {
    const strand = requireStrand('a CancelScope')
    this.enter(strand)
    try {
      return yield* startBody(strand, body, this)
    } catch (error) {
      if (!this.catches(error)) throw error
      return undefined
    } finally {
      this.leave()
    }
  }

  // What follows is for strands, groups and whoever builds on scopes.

  /** Puts the scope around what `strand` does from here on. */
  enter(strand: Strand): void {
    if (this.#state !== 'new') throw new TypeError('A CancelScope can be entered once.')
    this.#state = 'entered'
    this.#owner = strand
    this.#parent = strand.scope
    this.#parent?.remove(strand)
    if (this.#parent !== undefined) this.#parent.#children.add(this)
    this.add(strand)
    this.#arm()
  }

  leave(): void {
    const strand = this.#owner as Strand
    this.#state = 'left'
    this.#timer?.cancel()
    this.remove(strand)
    if (this.#parent === undefined) return
    this.#parent.#children.delete(this)
    this.#parent.add(strand)
  }

  /** Whether `error` is this scope's own, which ends here. */
  catches(error: unknown): boolean {
    if (!(error instanceof ScopeCancelledError) || error.scope !== this) return false
    this.#caught = true
    return true
  }

  /** `strand` works inside this scope: its task was started here, or it is a wait of such. */
  add(strand: Strand): void {
    strand.scope = this
    this.#strands.add(strand)
  }

  remove(strand: Strand): void {
    strand.scope = undefined
    this.#strands.delete(strand)
    this.#signals?.delete(strand)
  }

  /** Whether this is `scope`, or around it. */
  encloses(scope: CancelScope | undefined): boolean {
    return scope !== undefined && (scope === this || this.encloses(scope.#parent))
  }

  /** The outermost scope whose cancellation reaches what is inside this one. */
  cancelledBy(): CancelScope | undefined {
    let found: CancelScope | undefined
    let scope: CancelScope | undefined = this
    for (; scope !== undefined; scope = scope.#shield ? undefined : scope.#parent) {
      if (scope.#cancelled) found = scope
    }
    return found
  }

  /** The earliest deadline that holds here; -Infinity if this is cancelled already. */
  effectiveDeadline(): number {
    if (this.cancelledBy() !== undefined) return -Infinity
    const outside = this.#shield ? undefined : this.#parent
    return Math.min(this.#deadline, outside?.effectiveDeadline() ?? Infinity)
  }

  /** `task` was interrupted by this scope once more. */
  interrupted(task: Task): void {
    this.#interruptions ??= new Map()
    const times = (this.#interruptions.get(task) ?? 0) + 1
    this.#interruptions.set(task, times)
    if (times !== tooManyInterruptions) return
    task.getLoop().callExceptionHandler({
      message:
        `${task.toString()} was interrupted ${times} times by its cancelled scope, and goes on ` +
        'waiting in it: what catches a CancelledError must throw it again.',
      task,
    })
  }

  /** Aborted when this scope, or one around it, is cancelled, or `strand` itself. */
  signalOf(strand: Strand): AbortSignal {
    this.#signals ??= new ScopeSignals()
    return this.#signals.of(strand, () => {
      const scope = this.cancelledBy()
      if (scope !== undefined) return scope.#error()
      return strand.cancelling() > 0 ? new CancelledError(strand.cancelMessage) : undefined
    })
  }

  /** `strand` was cancelled: so is what it does in all the scopes around it. */
  abortSignals(strand: Strand, error: CancelledError): void {
    this.#signals?.abort(strand, error)
    this.#parent?.abortSignals(strand, error)
  }

  /** The cancellation of `strand` was taken back. */
  renewSignals(strand: Strand): void {
    if (this.cancelledBy() === undefined) this.#signals?.renew(strand)
    this.#parent?.renewSignals(strand)
  }

  #error(): ScopeCancelledError {
    return new ScopeCancelledError(this, this.#reason)
  }

  #arm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#deadline === Infinity || this.#cancelled) return
    const { loop } = this.#owner as Strand
    if (this.#deadline <= loop.time()) this.#expire()
    else this.#timer = loop.callAt(this.#deadline, () => this.#expire())
  }

  #expire(): void {
    this.#expired = true
    this.cancel('The deadline of a cancel scope has passed.')
  }

  #spread(): void {
    this.#signals?.abortAll((this.cancelledBy() as CancelScope).#error())
    for (const strand of [...this.#strands]) strand.interrupt()
    for (const child of [...this.#children]) if (!child.#shield) child.#spread()
  }
}

/** Whether `error` was thrown by a scope around `strand`, which is to catch it. */
export function isOfScopeAround(error: unknown, strand: Strand): boolean {
  return error instanceof ScopeCancelledError && error.scope.encloses(strand.scope)
}
