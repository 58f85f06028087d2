import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'

/** What there is, at most `most` bytes; null at the end. */
export class ReadSome extends InboxRead<Buffer | null> {
  readonly #most: number

  constructor(inbox: Inbox, most: number) {
    super(inbox)
    this.#most = most
  }

  wants(): boolean {
    return true
  }

  protected take(inbox: Inbox): Buffer | null | typeof notYet {
    const { size } = inbox.bytes
    if (size > 0 || this.#most === 0) return inbox.take(Math.min(size, this.#most))
    return inbox.ended ? null : notYet
  }
}
