import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'
import { IncompleteReadError } from './incomplete-read-error.js'

/** Exactly `count` bytes. */
export class ReadExactly extends InboxRead<Buffer> {
  readonly #count: number

  constructor(inbox: Inbox, count: number) {
    super(inbox)
    this.#count = count
  }

  wants(size: number): boolean {
    return size >= this.#count
  }

  protected take(inbox: Inbox): Buffer | typeof notYet {
    if (inbox.bytes.size >= this.#count) return inbox.take(this.#count)
    if (!inbox.ended) return notYet
    throw new IncompleteReadError(inbox.takeAll(), this.#count)
  }
}
