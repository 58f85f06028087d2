import type { EventLoop, Future } from '@tsyncio/loop'
import { ECONNRESET, osError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import { abandonFd } from '../sockets/fd-ready.js'
import { FdTransport } from '../transports/fd-transport.js'
import type { OutgoingHold } from '../transports/outgoing-hold.js'

/** A transport over an fd that somebody else may write to for a while. */
export interface HoldableTransport extends FdTransport {
  holdWriting(hold: OutgoingHold): void
  releaseWriting(hold: OutgoingHold): void
}

export function isHoldable(transport: unknown): transport is HoldableTransport {
  return transport instanceof FdTransport && 'holdWriting' in transport
}

class WriteHold implements OutgoingHold {
  readonly #fd: number
  readonly #freed: Future<void>
  isLost = false

  constructor(loop: EventLoop, fd: number) {
    this.#fd = fd
    this.#freed = loop.createFuture<void>()
  }

  free(): void {
    if (!this.#freed.done()) this.#freed.setResult()
  }

  lost(): void {
    this.isLost = true
    abandonFd(this.#fd)
    this.free()
  }

  *freed(): Gen<void> {
    if (!this.#freed.done()) yield* this.#freed
  }
}

/**
 * Runs `body` on the fd of a transport, between what was written before and what is written
 * meanwhile.
 *
 * @throws OSError (ECONNRESET) if the connection is gone, before or in the middle of it.
 */
export function* whileHolding<T>(
  transport: HoldableTransport,
  body: (fd: number) => Gen<T>,
): Gen<T> {
  const gone = () => osError(-ECONNRESET, 'sendfile')
  if (transport.isClosing()) throw gone()
  const hold = new WriteHold(transport.loop, transport.fd)
  transport.holdWriting(hold)
  try {
    yield* hold.freed()
    if (hold.isLost) throw gone()
    return yield* body(transport.fd)
  } catch (error) {
    throw hold.isLost ? gone() : error
  } finally {
    transport.releaseWriting(hold)
  }
}
