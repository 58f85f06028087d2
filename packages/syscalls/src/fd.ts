import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `read(2)` into `length` bytes of `buffer` from `offset` on: how many came, 0 at the end, or `-errno`. */
export function read(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  return checked(addon.read(fd, buffer, offset, length), 'read(fd, buffer, offset, length)')
}

/** `write(2)` of `length` bytes of `buffer` from `offset` on: how many went, or `-errno`. */
export function write(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  return checked(addon.write(fd, buffer, offset, length), 'write(fd, buffer, offset, length)')
}

/** `readv(2)`: fills the buffers in order. At most 1,024 of them; more is a RangeError. */
export function readv(fd: number, buffers: readonly Uint8Array[]): number {
  return checked(addon.readv(fd, buffers), 'readv(fd, buffers)')
}

/** `writev(2)`: writes the buffers in order. At most 1,024 of them; more is a RangeError. */
export function writev(fd: number, buffers: readonly Uint8Array[]): number {
  return checked(addon.writev(fd, buffers), 'writev(fd, buffers)')
}

/**
 * `sendfile(2)`: sends `length` bytes of the file `from`, from `offset` on, to `to`, without
 * a copy in this process: how many went, 0 at the end of the file, or `-errno`. The file's
 * own position stays where it is.
 */
export function sendfile(to: number, from: number, offset: number, length: number): number {
  return checked(addon.sendfile(to, from, offset, length), 'sendfile(to, from, offset, length)')
}

/** `close(2)`: 0, or `-errno`. The fd is gone afterwards, whatever the result but `-EBADF`. */
export function close(fd: number): number {
  return checked(addon.close(fd), 'close(fd)')
}

/** `pipe2(2)`: 0 or `-errno`; `out[0]` is the end to read from, `out[1]` the one to write to. */
export function pipe2(out: Int32Array, flags: number): number {
  return checked(addon.pipe2(out, flags), 'pipe2(out, flags)')
}

/** `eventfd(2)`: a new fd with a counter in it, or `-errno`. */
export function eventfd(initial: number, flags: number): number {
  return checked(addon.eventfd(initial, flags), 'eventfd(initial, flags)')
}

/**
 * `memfd_create(2)`: an fd for a file that lies in memory alone, or `-errno`. The name is
 * what `/proc` shows.
 *
 * @throws TypeError for a name that is no string or contains a NUL.
 */
export function memfdCreate(name: string, flags: number): number {
  if (typeof name !== 'string') throw new TypeError('memfdCreate(): the name is not a string')
  if (name.includes('\0')) throw new TypeError('memfdCreate(): the name contains a NUL character')
  return checked(
    addon.memfdCreate(new TextEncoder().encode(`${name}\0`), flags),
    'memfdCreate(name, flags)',
  )
}

/** A second fd for the same open file (`F_DUPFD_CLOEXEC`), or `-errno`. */
export function dup(fd: number): number {
  return checked(addon.dup(fd), 'dup(fd)')
}

/** `dup3(2)`: makes `to` a second fd for what `from` is, closing what `to` was: `to` or `-errno`. */
export function dup3(from: number, to: number, flags: number): number {
  return checked(addon.dup3(from, to, flags), 'dup3(from, to, flags)')
}

/**
 * `fcntl(2)` for the commands whose argument is an integer: `F_GETFD`, `F_SETFD`,
 * `F_GETFL`, `F_SETFL`, `F_GETPIPE_SZ`, `F_SETPIPE_SZ`, `F_ADD_SEALS`, `F_DUPFD`, `F_DUPFD_CLOEXEC`
 * (both make a close-on-exec fd). Others are `-EINVAL`.
 */
export function fcntl(fd: number, command: number, argument: number): number {
  return checked(addon.fcntl(fd, command, argument), 'fcntl(fd, command, argument)')
}

/**
 * Has `fd` closed when this thread's environment ends, as the fds made here are.
 * @returns the fd, or `-EBADF` when it is not open.
 */
export function adoptFd(fd: number): number {
  return checked(addon.adoptFd(fd), 'adoptFd(fd)')
}

/** Lets `fd` outlive this thread's environment: for one that somebody else will close. */
export function releaseFd(fd: number): number {
  return checked(addon.releaseFd(fd), 'releaseFd(fd)')
}
