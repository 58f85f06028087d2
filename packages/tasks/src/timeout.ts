import { isCancelled, InvalidStateError, type Handle } from '@tsyncio/loop'

import { isOfScopeAround } from './cancel-scope.js'
import { abortable } from './abortable.js'
import { coroutine, type Coroutine, type Gen, type Out, type Started } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { requireDeadline } from './require-deadline.js'
import { startBody } from './start-body.js'
import type { Strand } from './strand.js'
import { TimeoutError } from './timeout-error.js'

export interface TimeoutOptions {
  /** Ends the body as well, when it is aborted: the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

type State = 'active' | 'expiring' | 'expired' | 'finished'

/** The deadline of a running {@link timeout}: what its body gets. */
export class Timeout {
  readonly #strand: Strand
  readonly #requestsBefore: number
  #state: State = 'active'
  #when: number | null = null
  #timer: Handle | undefined

  constructor(strand: Strand, when: number | null) {
    this.#strand = strand
    this.#requestsBefore = strand.cancelling()
    this.reschedule(when)
  }

  /** When it expires, on the loop's clock; null for never. */
  when(): number | null {
    return this.#when
  }

  /** Moves the deadline; null for never. A deadline in the past expires in the next turn. */
  reschedule(when: number | null): void {
    if (this.#state !== 'active') {
      throw new InvalidStateError(`Cannot change the deadline of a timeout that is ${this.#state}.`)
    }
    if (when !== null && (typeof when !== 'number' || Number.isNaN(when))) {
      throw new RangeError(`Expected a time in milliseconds or null, got ${String(when)}.`)
    }
    const { loop } = this.#strand
    this.#timer?.cancel()
    this.#when = when
    if (when === null) this.#timer = undefined
    else if (when <= loop.time()) this.#timer = loop.callSoon(() => this.#expire())
    else this.#timer = loop.callAt(when, () => this.#expire())
  }

  /** Whether the time was up before the body ended. */
  expired(): boolean {
    return this.#state === 'expiring' || this.#state === 'expired'
  }

  toString(): string {
    return `<Timeout ${this.#state}${this.#state === 'active' ? `, when: ${this.#when}` : ''}>`
  }

  /** The body has ended; gives what to throw in place of its error. */
  exit(outcome: { readonly error: unknown } | undefined): unknown {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#state !== 'expiring') {
      this.#state = 'finished'
      return outcome?.error
    }
    this.#state = 'expired'
    // Somebody else may have cancelled the task too: then this is not only a timeout.
    const isOurs = this.#strand.uncancel() <= this.#requestsBefore
    const { error } = outcome ?? {}
    if (isOurs && isCancelled(error) && !isOfScopeAround(error, this.#strand)) {
      return new TimeoutError('The time was up.', { cause: error })
    }
    return error
  }

  #expire(): void {
    this.#strand.cancel()
    this.#state = 'expiring'
    this.#timer = undefined
  }
}

function* within<S extends Started>(
  when: () => number | null,
  body: (timeout: Timeout) => S,
): Gen<Out<S>> {
  const strand = requireStrand('timeout()')
  const timeout = new Timeout(strand, when())
  let result
  try {
    result = yield* startBody(strand, body, timeout)
  } catch (error) {
    throw timeout.exit({ error })
  }
  timeout.exit(undefined)
  return result
}

/**
 * Runs `body` and cancels it after `delay` milliseconds; null for never. The cancellation
 * reaches the waits of the body, and of nothing beside it.
 *
 * @returns what the body returned.
 * @throws TimeoutError if the body was ended by the timeout. A body that catches the
 *   CancelledError and returns has its way.
 * @example
 * ```ts
 * import { run, sleep, timeout } from 'tsyncio'
 *
 * await run(async () => {
 *   try {
 *     await timeout(5, () => sleep(60_000))
 *   } catch (error) {
 *     console.log((error as Error).name) // TimeoutError
 *   }
 * })
 * ```
 */
export function timeout<S extends Started>(
  delay: number | null,
  body: (timeout: Timeout) => S,
  { signal }: TimeoutOptions = {},
): Coroutine<Out<S>> {
  requireDeadline(delay)
  const deadline = (): number | null =>
    delay === null ? null : requireStrand('timeout()').loop.time() + delay
  return coroutine(abortable(signal, within(deadline, body)))
}

/** As {@link timeout}, with the time on the loop's clock at which to end. */
export function timeoutAt<S extends Started>(
  when: number | null,
  body: (timeout: Timeout) => S,
  { signal }: TimeoutOptions = {},
): Coroutine<Out<S>> {
  requireDeadline(when)
  return coroutine(
    abortable(
      signal,
      within(() => when, body),
    ),
  )
}
