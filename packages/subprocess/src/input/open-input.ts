import { F_SETFL, fcntl } from '@tsyncio/syscalls'
import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/**
 * Opens a file to be read from the beginning to its end.
 *
 * @throws TypeError for what is no file; what `node:fs` throws if it cannot be opened.
 */
export function openInput(path: string | URL): number {
  // To open a FIFO would wait for somebody who writes to it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stat = fstatSync(fd)
  if (!stat.isFile() && !stat.isCharacterDevice()) {
    closeSync(fd)
    throw new TypeError(`Expected a file for the input, and ${String(path)} is none.`)
  }
  fcntl(fd, F_SETFL, 0)
  return fd
}
