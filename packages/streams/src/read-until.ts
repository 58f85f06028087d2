import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'
import { IncompleteReadError } from './incomplete-read-error.js'
import { LimitOverrunError } from './limit-overrun-error.js'

/** Everything up to and with the separator; null at the end. */
export class ReadUntil extends InboxRead<Buffer | null> {
  readonly #separator: Buffer
  readonly #mayBePartial: boolean
  /** Where the next search begins: what lies before has none. */
  #searched = 0

  /** @param mayBePartial whether the last piece may lack the separator. */
  constructor(inbox: Inbox, separator: Buffer, mayBePartial: boolean) {
    super(inbox)
    this.#separator = separator
    this.#mayBePartial = mayBePartial
  }

  wants(): boolean {
    return true
  }

  protected take(inbox: Inbox): Buffer | null | typeof notYet {
    const { limit, bytes } = inbox
    const { length } = this.#separator
    const found = bytes.indexOf(this.#separator, this.#searched)
    if (found > limit) throw new LimitOverrunError(found, limit)
    if (found >= 0) return inbox.take(found + length)
    this.#searched = Math.max(0, bytes.size + 1 - length)
    if (this.#searched > limit) throw new LimitOverrunError(this.#searched, limit)
    return inbox.ended ? this.#takeLast(inbox) : notYet
  }

  #takeLast(inbox: Inbox): Buffer | null {
    if (inbox.bytes.size === 0) return null
    const partial = inbox.takeAll()
    if (this.#mayBePartial) return partial
    throw new IncompleteReadError(partial, null)
  }
}
