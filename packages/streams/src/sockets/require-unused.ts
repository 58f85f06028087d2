import { InvalidStateError, type EventLoop } from '@tsyncio/loop'

/** @throws InvalidStateError if a transport of the loop uses the fd. */
export function requireUnused(loop: EventLoop, fd: number): void {
  const owner = loop.core.fds.owner(fd) as { toString(): string } | undefined
  if (owner === undefined) return
  throw new InvalidStateError(
    `File descriptor ${fd} is used by ${owner.toString()}: go through that.`,
  )
}
