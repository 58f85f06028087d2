import {
  close,
  connect,
  ECONNREFUSED,
  encodeAddress,
  type Address,
  type UnixAddress,
} from '@tsyncio/syscalls'
import { statSync, unlinkSync, type Stats } from 'node:fs'

import { streamSocket } from '../sockets/stream-socket.js'

/** The file of a Unix socket, if the address has one: not for abstract names. */
export function socketFileOf(address: Address): string | undefined {
  const isFile = 'path' in address && address.path !== '' && !address.path.startsWith('\0')
  return isFile ? address.path : undefined
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

/** Removes a socket file that a dead server left behind; false if it is something else. */
export function removeStaleFile(path: string): boolean {
  if (statOf(path)?.isSocket() !== true) return false
  const address: UnixAddress = { family: 'Unix', path }
  const fd = streamSocket(address)
  const result = connect(fd, encodeAddress(address))
  close(fd)
  if (result !== -ECONNREFUSED) return false
  unlinkSync(path)
  return true
}

/** The file of a listening socket. It goes with the socket, unless it is another's by then. */
export class UnixSocketFile {
  readonly #path: string
  readonly #made: Stats | undefined

  constructor(path: string) {
    this.#path = path
    this.#made = statOf(path)
  }

  /** @throws what the file system says, if the file cannot be removed. */
  remove(): void {
    const now = statOf(this.#path)
    if (now === undefined || now.ino !== this.#made?.ino || now.dev !== this.#made.dev) return
    unlinkSync(this.#path)
  }
}
