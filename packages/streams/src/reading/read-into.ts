import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'

/** What there is, moved into memory of the caller's: how many bytes; null at the end. */
export class ReadInto extends InboxRead<number | null> {
  readonly #target: Uint8Array

  constructor(inbox: Inbox, target: Uint8Array) {
    super(inbox)
    this.#target = target
  }

  wants(): boolean {
    return true
  }

  protected take(inbox: Inbox): number | null | typeof notYet {
    if (inbox.bytes.size > 0 || this.#target.length === 0) return inbox.takeInto(this.#target)
    return inbox.ended ? null : notYet
  }
}
