import { getRunningLoop, type EventLoop } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { adoptPipe } from './adopt-pipe.js'
import type { FdTransport } from '../transports/fd-transport.js'
import { introduced } from '../transports/introduced.js'
import { ReadPipeTransport } from './read-pipe-transport.js'
import { requireFd } from '../sockets/fd-like.js'
import type { Protocol, ReadTransport, WriteTransport } from '../transports/transport.js'
import { WritePipeTransport } from './write-pipe-transport.js'

type MakeTransport<T> = (loop: EventLoop, protocol: Protocol) => T

function* connecting<T extends FdTransport, P extends Protocol>(
  factory: () => P,
  makeTransport: MakeTransport<T>,
): Gen<[T, P]> {
  const loop = getRunningLoop()
  const protocol = factory()
  return [yield* introduced(makeTransport(loop, protocol)), protocol]
}

function requireFactoryAndFd(factory: unknown, fd: number): void {
  if (typeof factory !== 'function')
    throw new TypeError(`Expected a function, got ${typeof factory}.`)
  requireFd(fd)
}

/**
 * Lets a protocol of `factory` read from a pipe, a FIFO, a terminal or another character
 * device, or a socket. The fd is made non-blocking, and belongs to the transport, which
 * closes it at the end of file. {@link openReadPipe} is the same with a reader.
 *
 * @throws TypeError if the fd is a file, or something else that is no stream; OSError if it
 *   is not open. The fd is the caller's then.
 */
export function connectReadPipe<P extends Protocol>(
  factory: () => P,
  fd: number,
): Coroutine<[ReadTransport, P]> {
  requireFactoryAndFd(factory, fd)
  return coroutine(
    connecting(factory, (loop, protocol) => {
      const kind = adoptPipe(loop, fd)
      return new ReadPipeTransport(loop, fd, protocol, kind)
    }),
  )
}

/**
 * Lets a protocol of `factory` write to a pipe, a FIFO, a terminal or another character
 * device, or a socket. When nobody reads a pipe any more, or a socket's other side is
 * closed, so is the transport: with EPIPE if something was left to be sent.
 * {@link openWritePipe} is the same with a writer.
 *
 * @throws TypeError if the fd is a file, or something else that is no stream; OSError if it
 *   is not open. The fd is the caller's then.
 */
export function connectWritePipe<P extends Protocol>(
  factory: () => P,
  fd: number,
): Coroutine<[WriteTransport, P]> {
  requireFactoryAndFd(factory, fd)
  return coroutine(
    connecting(factory, (loop, protocol) => {
      const kind = adoptPipe(loop, fd)
      return new WritePipeTransport(loop, fd, protocol, kind)
    }),
  )
}
