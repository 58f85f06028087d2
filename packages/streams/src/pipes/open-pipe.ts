import { getEventLoop, type EventLoop } from '@tsyncio/loop'

import { adoptPipe } from './adopt-pipe.js'
import { ReadPipeTransport } from './read-pipe-transport.js'
import { requireFd } from '../sockets/fd-like.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamReader, type StreamReaderOptions } from '../reading/stream-reader.js'
import { StreamWriter } from '../transports/stream-writer.js'
import type { ReadTransport } from '../transports/transport.js'
import { WritePipeTransport } from './write-pipe-transport.js'

export interface OpenPipeOptions extends StreamReaderOptions {
  /** Default: the running loop. */
  readonly loop?: EventLoop
}

/**
 * Reads from a pipe, a FIFO, a terminal or another character device, or a socket. The fd is
 * made non-blocking (for all who share its open file) and belongs to the transport, which
 * closes it at the end of file, or when it is closed.
 *
 * @throws TypeError if the fd is a file, or something else that is no stream; OSError if it
 *   is not open. The fd is the caller's then.
 */
export function openReadPipe(
  fd: number,
  options: OpenPipeOptions = {},
): { reader: StreamReader; transport: ReadTransport } {
  requireFd(fd)
  const { loop = getEventLoop() } = options
  const reader = new StreamReader(options)
  const kind = adoptPipe(loop, fd)
  const transport = new ReadPipeTransport(loop, fd, new StreamReaderProtocol(reader), kind)
  reader.setTransport(transport)
  transport.start()
  return { reader, transport }
}

/**
 * Writes to a pipe, a FIFO, a terminal or another character device, or a socket; `close`
 * lets go of the fd, which is made non-blocking (for all who share its open file). When
 * nobody reads a pipe any more, or a socket's other side is closed, so is the writer: with
 * EPIPE if something was left to be sent.
 *
 * @throws TypeError if the fd is a file, or something else that is no stream; OSError if it
 *   is not open. The fd is the caller's then.
 */
export function openWritePipe(fd: number, options: { loop?: EventLoop } = {}): StreamWriter {
  requireFd(fd)
  const { loop = getEventLoop() } = options
  const kind = adoptPipe(loop, fd)
  const protocol = new StreamReaderProtocol(new StreamReader())
  const transport = new WritePipeTransport(loop, fd, protocol, kind)
  transport.start()
  return new StreamWriter(transport, protocol)
}
