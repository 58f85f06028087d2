import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'
import { IncompleteReadError } from './incomplete-read-error.js'
import { LimitOverrunError } from './limit-overrun-error.js'
import type { Separators } from './separators.js'

/** Everything up to and with the separator that ends first; null at the end. */
export class ReadUntil extends InboxRead<Buffer | null> {
  readonly #separators: Separators
  readonly #mayBePartial: boolean
  /** Where the next search begins: what lies before has none. */
  #searched = 0

  /** @param mayBePartial whether the last piece may lack the separator. */
  constructor(inbox: Inbox, separators: Separators, mayBePartial: boolean) {
    super(inbox)
    this.#separators = separators
    this.#mayBePartial = mayBePartial
  }

  wants(): boolean {
    return true
  }

  protected take(inbox: Inbox): Buffer | null | typeof notYet {
    const { limit, bytes } = inbox
    const found = this.#separators.find(bytes, this.#searched)
    if (found !== undefined) {
      if (found.start > limit) throw new LimitOverrunError(found.start, limit)
      return inbox.take(found.end)
    }
    this.#searched = Math.max(0, bytes.size + 1 - this.#separators.longest)
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
