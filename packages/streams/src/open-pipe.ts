import { getEventLoop, type EventLoop } from '@tsyncio/loop'
import { adoptFd, F_GETFL, F_SETFL, fcntl, O_NONBLOCK, osError } from '@tsyncio/syscalls'
import { fstatSync, type Stats } from 'node:fs'

import { ReadPipeTransport } from './read-pipe-transport.js'
import { StreamProtocol } from './stream-protocol.js'
import { StreamReader, type StreamReaderOptions } from './stream-reader.js'
import { StreamWriter } from './stream-writer.js'
import type { ReadTransport } from './transport.js'
import { WritePipeTransport } from './write-pipe-transport.js'

export interface OpenPipeOptions extends StreamReaderOptions {
  /** Default: the running loop. */
  readonly loop?: EventLoop
}

/** Takes the fd over; says what it is. */
function adopt(fd: number): Stats {
  const flags = fcntl(fd, F_GETFL, 0)
  if (flags < 0) throw osError(flags, 'fcntl')
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isSocket() && !stat.isCharacterDevice()) {
    throw new TypeError(
      `File descriptor ${fd} is no pipe, socket or terminal: files are not for streams.`,
    )
  }
  const result = fcntl(fd, F_SETFL, flags | O_NONBLOCK)
  if (result < 0) throw osError(result, 'fcntl')
  adoptFd(fd)
  return stat
}

/**
 * Reads from a pipe, a terminal or a character device. The fd is made non-blocking and
 * belongs to the transport, which closes it at the end of file, or when it is closed.
 *
 * @throws TypeError if the fd is a regular file; OSError if it is not open.
 */
export function openReadPipe(
  fd: number,
  options: OpenPipeOptions = {},
): { reader: StreamReader; transport: ReadTransport } {
  const { loop = getEventLoop() } = options
  const reader = new StreamReader(options)
  const isTerminal = adopt(fd).isCharacterDevice()
  const transport = new ReadPipeTransport(loop, fd, new StreamProtocol(reader), isTerminal)
  reader.setTransport(transport)
  transport.start()
  return { reader, transport }
}

/**
 * Writes to a pipe, a terminal or a character device; `close` lets go of the fd, which is
 * made non-blocking. When nobody reads a pipe any more it is closed, with EPIPE if
 * something was left to be sent.
 *
 * @throws TypeError if the fd is a regular file; OSError if it is not open.
 */
export function openWritePipe(fd: number, options: { loop?: EventLoop } = {}): StreamWriter {
  const { loop = getEventLoop() } = options
  const isFifo = adopt(fd).isFIFO()
  const protocol = new StreamProtocol(new StreamReader())
  const transport = new WritePipeTransport(loop, fd, protocol, isFifo)
  transport.start()
  return new StreamWriter(transport, protocol)
}
