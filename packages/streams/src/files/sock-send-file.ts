import { getsockopt, osError, SO_TYPE, SOCK_STREAM, SOL_SOCKET } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { copyFile, type SendFileOptions } from './copy-file.js'
import { requireFd, type FdLike } from '../sockets/fd-like.js'
import { requireSendFileOptions } from './send-file-options.js'
import { requireNonBlocking, requireUnowned } from '../sockets/sock-call.js'
import { requireFile, SourceFile, type FileLike } from './source-file.js'

function* sending(fd: number, like: FileLike, options: SendFileOptions): Gen<number> {
  requireUnowned(fd)
  requireNonBlocking(fd)
  const type = getsockopt(fd, SOL_SOCKET, SO_TYPE)
  if (type < 0) throw osError(type, 'getsockopt')
  if (type !== SOCK_STREAM) throw new TypeError(`Files go to stream sockets, and fd ${fd} is none.`)
  const file = new SourceFile(like)
  try {
    return yield* copyFile(fd, file, options)
  } finally {
    file.close()
  }
}

/**
 * Sends a file to a connected stream socket (asyncio's `sock_sendfile`), by `sendfile(2)`:
 * gives how many bytes went. See {@link sendFile}, which does it for a connection.
 *
 * @throws OSError if it fails; InvalidStateError if somebody else waits to send;
 *   TypeError if it is no stream socket, or a blocking one.
 */
export function sockSendFile(
  socket: FdLike,
  file: FileLike,
  options: SendFileOptions = {},
): Coroutine<number> {
  requireFile(file)
  requireSendFileOptions(options)
  return coroutine(abortable(options.signal, sending(requireFd(socket), file, options)))
}
