import { closeSync, constants, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fcntl, F_SETFL, osError } from '@tsyncio/syscalls'

import type { FileStdio } from './stdio-option.js'

const { O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY, O_RDONLY, O_TRUNC, O_WRONLY } = constants

/**
 * Opens a file for a child. A FIFO is not waited for: one that nobody reads is ENXIO.
 *
 * @throws OSError that names the file.
 */
export function openFile({ file, append = false }: FileStdio, isInput: boolean): number {
  const path = typeof file === 'string' ? file : fileURLToPath(file)
  const writing = O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC)
  let fd: number
  try {
    fd = openSync(path, (isInput ? O_RDONLY : writing) | O_NONBLOCK | O_NOCTTY)
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException
    if (errno === undefined) throw error
    throw osError(errno, 'open', { path })
  }
  // Programs expect fds that block.
  const result = fcntl(fd, F_SETFL, append && !isInput ? O_APPEND : 0)
  if (result >= 0) return fd
  closeSync(fd)
  throw osError(result, 'fcntl', { path })
}
