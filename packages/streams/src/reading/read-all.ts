import type { Inbox } from './inbox.js'
import { InboxRead, notYet } from './inbox-read.js'

/** Everything up to the end; null at the end. */
export class ReadAll extends InboxRead<Buffer | null> {
  wants(): boolean {
    return false
  }

  protected take(inbox: Inbox): Buffer | null | typeof notYet {
    if (!inbox.ended) return notYet
    return inbox.bytes.size === 0 ? null : inbox.takeAll()
  }
}
