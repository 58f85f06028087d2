import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'

/** The first bytes, which stay: as many as are wanted, fewer only at the end. */
export class ReadAhead extends InboxRead<Buffer | null> {
  readonly #least: number
  readonly #most: number

  constructor(inbox: Inbox, least: number, most: number) {
    super(inbox)
    this.#least = least
    this.#most = most
  }

  wants(size: number): boolean {
    return size >= this.#least
  }

  protected take({ bytes, ended }: Inbox): Buffer | null | typeof notYet {
    if (bytes.size >= this.#least || (ended && bytes.size > 0)) {
      return bytes.peek(Math.min(bytes.size, this.#most))
    }
    return ended ? null : notYet
  }
}
