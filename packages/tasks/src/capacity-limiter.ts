import { abortable } from './abortable.js'
import { coroutine, type Coroutine } from './coroutine.js'
import { requireStrand } from './current-strand.js'
import { Borrower, LimiterLine } from './limiter-line.js'
import { requireInteger } from './require-integer.js'
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

function requireTotal(total: number): void {
  if (total !== Infinity) requireInteger(total, 'a number of tokens', 0)
}

function requireBorrower(borrower: unknown): void {
  if (borrower === undefined || borrower === null)
    throw new TypeError('Expected a borrower, got nothing.')
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
  readonly #line: LimiterLine

  /** @param total how many tokens there are: an integer from 0, or `Infinity`. */
  constructor(total: number) {
    requireTotal(total)
    this.#line = new LimiterLine(this, total)
  }

  /**
   * How many tokens there are. Raised, it lets those go on who wait; lowered, it takes
   * nothing back.
   */
  get total(): number {
    return this.#line.total
  }

  set total(total: number) {
    requireTotal(total)
    this.#line.total = total
  }

  get borrowed(): number {
    return this.#line.tokens.size
  }

  /** Negative while more are borrowed than a lowered total. */
  get available(): number {
    return this.#line.available
  }

  statistics(): CapacityLimiterStatistics {
    const { total, tokens, waiting } = this.#line
    return { total, borrowed: tokens.size, borrowers: [...tokens.keys()], waiting: waiting.size }
  }

  /**
   * Borrows a token for the current task, and waits for one if there is none. Cancelling
   * gives up the place in the line, and gives on a token that was on its way.
   *
   * @param options.signal ends the wait when it is aborted: it throws the signal's reason.
   * @returns what gives the token back when it is disposed, from any task.
   * @throws InvalidStateError if the task holds a token, or waits for one;
   *   TypeError if it would have to wait, and tasks of another loop have.
   */
  acquire(options?: { readonly signal?: AbortSignal | undefined }): Coroutine<Disposable> {
    return coroutine(abortable(options?.signal, new Borrower(this.#line)))
  }

  /** As {@link acquire}, for somebody else: anything, told apart by identity. */
  acquireOnBehalfOf(
    borrower: NonNullable<unknown>,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Coroutine<Disposable> {
    requireBorrower(borrower)
    return coroutine(abortable(options?.signal, new Borrower(this.#line, borrower)))
  }

  /** @throws WouldBlockError if there is no token. */
  acquireNowait(): Disposable {
    return this.acquireOnBehalfOfNowait(requireStrand('acquireNowait()').task)
  }

  /** As {@link acquireNowait}, for somebody else. */
  acquireOnBehalfOfNowait(borrower: NonNullable<unknown>): Disposable {
    requireBorrower(borrower)
    this.#line.requireNew(borrower)
    if (this.available <= 0) {
      throw new WouldBlockError(`${this.toString()} has no token: acquire() waits for one.`)
    }
    return this.#line.lend(borrower)
  }

  /** @throws InvalidStateError if the current task holds no token. */
  release(): void {
    this.#line.giveBack(requireStrand('release()').task)
  }

  /** @throws InvalidStateError if `borrower` holds no token. */
  releaseOnBehalfOf(borrower: NonNullable<unknown>): void {
    this.#line.giveBack(borrower)
  }

  toString(): string {
    const { total, tokens, waiting } = this.#line
    const waiters = waiting.size > 0 ? `, waiters: ${waiting.size}` : ''
    return `<CapacityLimiter borrowed: ${tokens.size} of ${total}${waiters}>`
  }
}
