import type { EventLoop } from '@tsyncio/loop'
import {
  adoptFd,
  FD_CLOEXEC,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  fcntl,
  O_NONBLOCK,
  osError,
} from '@tsyncio/syscalls'
import { fstatSync, type Stats } from 'node:fs'

import { requireUnused } from '../sockets/require-unused.js'

/** What a transport for pipes can be made of. */
export type PipeKind = 'FIFO' | 'socket' | 'device'

const lastStandardFd = 2

function kindOf(fd: number, stat: Stats): PipeKind {
  if (stat.isFIFO()) return 'FIFO'
  if (stat.isSocket()) return 'socket'
  if (stat.isCharacterDevice()) return 'device'
  const isFile = stat.isFile() || stat.isDirectory() || stat.isBlockDevice()
  const instead = isFile
    ? 'Files are always ready: use node:fs, or createReadStream and createWriteStream.'
    : 'Watch it with loop.addReader() and loop.addWriter().'
  throw new TypeError(
    `File descriptor ${fd} is no pipe, socket, terminal or other character device. ${instead}`,
  )
}

/**
 * Takes the fd over: it is made non-blocking, and closed with this thread. If this throws
 * it is still the caller's.
 */
export function adoptPipe(loop: EventLoop, fd: number): PipeKind {
  const flags = fcntl(fd, F_GETFL, 0)
  if (flags < 0) throw osError(flags, 'fcntl')
  requireUnused(loop, fd)
  const kind = kindOf(fd, fstatSync(fd))
  const result = fcntl(fd, F_SETFL, flags | O_NONBLOCK)
  if (result < 0) throw osError(result, 'fcntl')
  // Children inherit the standard ones.
  if (fd > lastStandardFd) fcntl(fd, F_SETFD, FD_CLOEXEC)
  adoptFd(fd)
  return kind
}
