import { InvalidStateError, type EventLoop, type Future } from '@tsyncio/loop'

import { abortable } from './abortable.js'
import { coroutine, type Coroutine, type Gen } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { LinkedQueue } from './linked-queue.js'
import { Task } from './task.js'
import { WouldBlockError } from './would-block-error.js'

/** What a {@link CapacityLimiter} is doing, at one moment. */
export interface CapacityLimiterStatistics {
  readonly total: number
  readonly borrowed: number
  /** Who holds a token, in the order in which they got it. */
  readonly borrowers: readonly unknown[]
  /** How many wait for one. */
  readonly waiting: number
}

interface Request {
  readonly borrower: unknown
  readonly turn: Future<void>
  token?: Token
}

class Token implements Disposable {
  readonly #giveBack: (token: Token) => void

  constructor(giveBack: (token: Token) => void) {
    this.#giveBack = giveBack
  }

  [Symbol.dispose](): void {
    this.#giveBack(this)
  }
}

function nameOf(borrower: unknown): string {
  if (borrower instanceof Task) return borrower.name
  return typeof borrower === 'string' ? borrower : 'The borrower'
}

function requireTotal(total: unknown): void {
  if (typeof total !== 'number') throw new TypeError(`Expected a number, got ${typeof total}.`)
  if (total !== Infinity && (!Number.isInteger(total) || total < 0))
    throw new RangeError(`Expected a whole number of tokens or Infinity, got ${total}.`)
}

/**
 * A limit on how many do something at once (trio's and anyio's), with tokens that are
 * borrowed. Beside a semaphore it knows who holds what: nobody can give back what they do
 * not have, nor borrow twice and wait for themselves; and its total can be changed.
 *
 * The borrower is the current task, or whatever `acquireOnBehalfOf` is told. First come,
 * first served.
 *
 * @example
 * ```ts
 * import { CapacityLimiter, run, sleep, taskGroup } from 'tsyncio'
 *
 * const limiter = new CapacityLimiter(2)
 * let most = 0
 *
 * async function work() {
 *   using _token = await limiter.acquire()
 *   most = Math.max(most, limiter.borrowed)
 *   await sleep(1)
 * }
 *
 * await run(async () =>
 *   taskGroup(async (group) => {
 *     for (let i = 0; i < 5; i++) group.createTask(work)
 *   }),
 * )
 * console.log(most, limiter.available) // 2 2
 * ```
 */
export class CapacityLimiter {
  readonly #tokens = new Map<unknown, Token>()
  readonly #line = new LinkedQueue<Request>()
  readonly #waiting = new Set<unknown>()
  #total: number

  /** @throws RangeError if `total` is neither a whole number from 0 nor Infinity. */
  constructor(total: number) {
    requireTotal(total)
    this.#total = total
  }

  /** How many tokens there are. Raised, it lets those go on who wait; lowered, it takes nothing back. */
  get total(): number {
    return this.#total
  }

  set total(total: number) {
    requireTotal(total)
    this.#total = total
    this.#serve()
  }

  get borrowed(): number {
    return this.#tokens.size
  }

  /** Negative while more are borrowed than a lowered total. */
  get available(): number {
    return this.#total - this.#tokens.size
  }

  statistics(): CapacityLimiterStatistics {
    return {
      total: this.#total,
      borrowed: this.#tokens.size,
      borrowers: [...this.#tokens.keys()],
      waiting: this.#waiting.size,
    }
  }

  /**
   * Borrows a token for the current task, and waits for one if there is none. Disposing of
   * what it gives gives the token back, from any task. A wait that is cancelled has borrowed
   * nothing.
   *
   * @throws InvalidStateError if the task holds one already, or waits for one.
   */
  acquire(options: { readonly signal?: AbortSignal } = {}): Coroutine<Disposable> {
    return coroutine(abortable(options.signal, this.#acquire(undefined)))
  }

  /** As {@link acquire}, for somebody else: anything, told apart by identity. */
  acquireOnBehalfOf(
    borrower: NonNullable<unknown>,
    options: { readonly signal?: AbortSignal } = {},
  ): Coroutine<Disposable> {
    return coroutine(abortable(options.signal, this.#acquire({ borrower })))
  }

  /** @throws WouldBlockError if there is no token, or others wait for one. */
  acquireNowait(): Disposable {
    return this.acquireOnBehalfOfNowait(requireStrand('acquireNowait()').task)
  }

  /** As {@link acquireNowait}, for somebody else. */
  acquireOnBehalfOfNowait(borrower: NonNullable<unknown>): Disposable {
    this.#requireNew(borrower)
    if (this.available <= 0)
      throw new WouldBlockError(`All ${this.#total} tokens are borrowed: acquire() waits for one.`)
    return this.#lend(borrower)
  }

  /** @throws InvalidStateError if the current task holds no token. */
  release(): void {
    this.releaseOnBehalfOf(requireStrand('release()').task)
  }

  /** @throws InvalidStateError if `borrower` holds no token. */
  releaseOnBehalfOf(borrower: NonNullable<unknown>): void {
    if (!this.#tokens.delete(borrower))
      throw new InvalidStateError(`${nameOf(borrower)} holds no token of this CapacityLimiter.`)
    this.#serve()
  }

  *#acquire(other: { readonly borrower: unknown } | undefined): Gen<Disposable> {
    const { loop, task } = requireStrand('acquire()')
    const borrower = other === undefined ? task : other.borrower
    this.#requireNew(borrower)
    if (this.available > 0) return this.#lend(borrower)
    return yield* this.#stand(borrower, loop)
  }

  *#stand(borrower: unknown, loop: EventLoop): Gen<Disposable> {
    const turn = loop.createFuture<void>()
    const request: Request = { borrower, turn }
    const place = this.#line.push(request)
    this.#waiting.add(borrower)
    try {
      yield* turn
    } catch (error) {
      // Cancelled in the turn in which it got the token: that is for the next one.
      if (request.token !== undefined) this.#giveBack(borrower, request.token)
      else if (this.#line.remove(place)) this.#waiting.delete(borrower)
      throw error
    }
    return request.token as unknown as Token
  }

  #lend(borrower: unknown): Token {
    const token = new Token((own) => this.#giveBack(borrower, own))
    this.#tokens.set(borrower, token)
    return token
  }

  /** Only if it still is what the borrower holds: it may have borrowed again since. */
  #giveBack(borrower: unknown, token: Token): void {
    if (this.#tokens.get(borrower) !== token) return
    this.#tokens.delete(borrower)
    this.#serve()
  }

  #serve(): void {
    while (this.available > 0) {
      const request = this.#line.shift()
      if (request === undefined) return
      this.#waiting.delete(request.borrower)
      // Cancelled, but not yet told so.
      if (request.turn.done()) continue
      request.token = this.#lend(request.borrower)
      request.turn.setResult()
    }
  }

  #requireNew(borrower: unknown): void {
    if (borrower === undefined || borrower === null)
      throw new TypeError('Expected a borrower, got nothing.')
    if (this.#tokens.has(borrower))
      throw new InvalidStateError(
        `${nameOf(borrower)} holds a token of this CapacityLimiter already.`,
      )
    if (this.#waiting.has(borrower))
      throw new InvalidStateError(
        `${nameOf(borrower)} waits for a token of this CapacityLimiter already.`,
      )
  }
}
