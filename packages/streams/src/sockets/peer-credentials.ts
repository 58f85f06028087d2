import {
  AF_UNIX,
  getsockopt,
  getsockoptBytes,
  SO_DOMAIN,
  SO_PEERCRED,
  SOL_SOCKET,
} from '@tsyncio/syscalls'

/** Who was at the other side of a Unix socket when it was connected. */
export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** `SO_PEERCRED`, which the kernel vouches for (`unix(7)`); undefined for other sockets. */
export function peerCredentials(fd: number): PeerCredentials | undefined {
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN) !== AF_UNIX) return undefined
  const words = new Uint32Array(3)
  const result = getsockoptBytes(fd, SOL_SOCKET, SO_PEERCRED, new Uint8Array(words.buffer))
  const [pid, uid, gid] = words as unknown as [number, number, number]
  // A socket that was never connected has no peer, which the kernel calls process 0.
  return result < words.byteLength || pid === 0 ? undefined : { pid, uid, gid }
}
