import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `send(2)`: bytes sent, or `-errno`; never a SIGPIPE. */
export function send(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
): number {
  return checked(
    addon.send(fd, buffer, offset, length, flags),
    'send(fd, buffer, offset, length, flags)',
  )
}

/** `recv(2)`: bytes received, 0 at the end, or `-errno`. */
export function recv(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
): number {
  return checked(
    addon.recv(fd, buffer, offset, length, flags),
    'recv(fd, buffer, offset, length, flags)',
  )
}

/** `sendto(2)`: bytes sent, or `-errno`. Without `addressLength` the address is the whole array. */
export function sendto(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
  address: Uint8Array,
  addressLength?: number,
): number {
  return checked(
    addon.sendto(fd, buffer, offset, length, flags, address, addressLength),
    'sendto(fd, buffer, offset, length, flags, address, addressLength)',
  )
}

/**
 * `recvfrom(2)`: bytes received, or `-errno`. The sender's sockaddr goes to `address`,
 * its length to `out[0]`.
 */
export function recvfrom(
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags: number,
  address: Uint8Array,
  out: Int32Array,
): number {
  return checked(
    addon.recvfrom(fd, buffer, offset, length, flags, address, out),
    'recvfrom(fd, buffer, offset, length, flags, address, out)',
  )
}

/**
 * `sendmsg(2)`: bytes sent, or `-errno`. At most 1,024 buffers.
 *
 * @param address where a datagram goes; the whole array is the sockaddr.
 * @param fds fds to send along (`SCM_RIGHTS`), at most 253. They stay open here.
 */
export function sendmsg(
  fd: number,
  buffers: readonly Uint8Array[],
  flags: number,
  address: Uint8Array | null = null,
  fds: Int32Array | null = null,
): number {
  return checked(
    addon.sendmsg(fd, buffers, flags, address, fds),
    'sendmsg(fd, buffers, flags, address, fds)',
  )
}

/**
 * `recvmsg(2)`: bytes received, or `-errno`. At most 1,024 buffers.
 *
 * @param out at least 3 words: the length of the sender's sockaddr, the message's flags
 * (`MSG_TRUNC`: the datagram was longer, `MSG_CTRUNC`: more fds came than there was room
 * for), and how many fds came; then the fds (`SCM_RIGHTS`), close-on-exec, as many as
 * there are words left.
 */
export function recvmsg(
  fd: number,
  buffers: readonly Uint8Array[],
  flags: number,
  address: Uint8Array | null,
  out: Int32Array,
): number {
  return checked(
    addon.recvmsg(fd, buffers, flags, address, out),
    'recvmsg(fd, buffers, flags, address, out)',
  )
}
