import { getEventLoop } from '@tsyncio/loop'
import { isatty } from '@tsyncio/syscalls'

import { Connection } from '../connecting/connection.js'
import { adoptPipe } from '../pipes/adopt-pipe.js'
import type { OpenPipeOptions } from '../pipes/open-pipe.js'
import { StreamReader } from '../reading/stream-reader.js'
import { requireFd } from '../sockets/fd-like.js'
import { StreamReaderProtocol } from '../transports/stream-reader-protocol.js'
import { StreamWriter } from '../transports/stream-writer.js'
import { terminalError } from './terminal-error.js'
import { TerminalTransport } from './terminal-transport.js'

/**
 * Reads from and writes to a terminal: `/dev/tty`, a serial line, or either side of a pair.
 * The fd is made non-blocking (for all who share its open file) and belongs to the
 * connection, which closes it at the end, or when it is closed.
 *
 * That the other side is gone, which the kernel calls EIO, is the end of file, behind all
 * that was written. One direction cannot end without the other; closing hangs up, and what
 * the other side has not read is lost.
 *
 * @throws OSError with ENOTTY if the fd is no terminal, EBADF if it is not open. The fd is
 *   the caller's then.
 * @example
 * ```ts
 * import { openSync } from 'node:fs'
 * import { openPty, openTerminal, run } from 'tsyncio'
 *
 * await run(async () => {
 *   await using pty = openPty({ raw: true })
 *   await using terminal = openTerminal(openSync(pty.path, 'r+'))
 *   pty.writer.write('ping')
 *   console.log(String(await terminal.reader.read(4))) // ping
 * })
 * ```
 */
export function openTerminal(fd: number, options: OpenPipeOptions = {}): Connection {
  requireFd(fd)
  const { loop = getEventLoop() } = options
  const reader = new StreamReader(options)
  const result = isatty(fd)
  if (result < 0) throw terminalError(result, 'isatty', fd)
  adoptPipe(loop, fd)
  const protocol = new StreamReaderProtocol(reader)
  const transport = new TerminalTransport(loop, fd, protocol)
  reader.setTransport(transport)
  transport.start()
  return new Connection(reader, new StreamWriter(transport, protocol))
}
