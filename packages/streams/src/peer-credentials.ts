import { getsockoptBytes, osError, SO_PEERCRED, SOL_SOCKET } from '@tsyncio/syscalls'

/** Who is at the other side of a Unix socket: as they were when they connected. */
export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

/** `SO_PEERCRED` of `unix(7)`; `undefined` if the socket has no peer that can be known. */
export function peerCredentials(fd: number): PeerCredentials | undefined {
  const words = new Uint32Array(3)
  const result = getsockoptBytes(fd, SOL_SOCKET, SO_PEERCRED, new Uint8Array(words.buffer))
  if (result < 0) throw osError(result, 'getsockopt')
  const [pid, uid, gid] = words as unknown as [number, number, number]
  return pid === 0 ? undefined : { pid, uid, gid }
}
