import { InvalidStateError } from '@tsyncio/loop'

import { requireStrand } from './current-strand.js'
import { Line } from './line.js'
import { LoopBinding } from './loop-binding.js'
import { Task } from './task.js'
import { Waiter } from './waiter.js'

/** One who comes for a token: the current task, or somebody else. */
export class Borrower extends Waiter<Disposable> {
  who: unknown
  token: Token | undefined

  constructor(line: LimiterLine, who?: unknown) {
    super(line)
    this.who = who
  }
}

class Token implements Disposable {
  readonly #line: LimiterLine
  readonly #who: unknown

  constructor(line: LimiterLine, who: unknown) {
    this.#line = line
    this.#who = who
  }

  // The borrower may have given it back otherwise, and have borrowed another one since.
  [Symbol.dispose](): void {
    if (this.#line.tokens.get(this.#who) === this) this.#line.giveBack(this.#who)
  }
}

/** Those who wait for a token of a limiter, and those who have one. */
export class LimiterLine extends Line<Disposable> {
  readonly tokens = new Map<unknown, Token>()
  readonly waiting = new Set<unknown>()
  #total: number

  constructor(limiter: { toString(): string }, total: number) {
    super(new LoopBinding(limiter))
    this.#total = total
  }

  get total(): number {
    return this.#total
  }

  set total(total: number) {
    this.#total = total
    this.#serve()
  }

  get available(): number {
    return this.#total - this.tokens.size
  }

  override arrive(borrower: Borrower): boolean {
    borrower.who ??= requireStrand('acquire()').task
    this.requireNew(borrower.who)
    return this.available > 0
  }

  override add(borrower: Borrower): void {
    super.add(borrower)
    this.waiting.add(borrower.who)
  }

  override remove(borrower: Borrower): void {
    super.remove(borrower)
    if (borrower.token === undefined) this.waiting.delete(borrower.who)
  }

  take(borrower: Borrower): Disposable {
    return borrower.token ?? this.lend(borrower.who)
  }

  // Cancelled in the turn in which it got the token: that is for the next one.
  override leave(_woken: boolean, borrower: Borrower): void {
    borrower.token?.[Symbol.dispose]()
  }

  lend(who: unknown): Token {
    const token = new Token(this, who)
    this.tokens.set(who, token)
    return token
  }

  /** @throws InvalidStateError if there is nothing to give back. */
  giveBack(who: unknown): void {
    if (!this.tokens.delete(who))
      throw new InvalidStateError(`${nameOf(who)} holds no token of ${this.toString()}.`)
    this.#serve()
  }

  /** @throws InvalidStateError if `who` has a token, or waits for one. */
  requireNew(who: unknown): void {
    if (this.tokens.has(who))
      throw new InvalidStateError(`${nameOf(who)} holds a token of ${this.toString()} already.`)
    if (this.waiting.has(who))
      throw new InvalidStateError(`${nameOf(who)} waits for a token of ${this.toString()} already.`)
  }

  #serve(): void {
    while (this.available > 0) {
      const borrower = this.firstAsleep() as Borrower | undefined
      if (borrower === undefined) return
      borrower.token = this.lend(borrower.who)
      this.waiting.delete(borrower.who)
      borrower.wake()
    }
  }
}

function nameOf(who: unknown): string {
  if (who instanceof Task) return who.name
  return typeof who === 'string' ? who : 'The borrower'
}
