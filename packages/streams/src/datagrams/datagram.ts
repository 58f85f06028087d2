import type { Address } from '@tsyncio/syscalls'

/** One message that a datagram socket has received. */
export interface Datagram<A extends Address | undefined = Address | undefined> {
  /**
   * Its bytes; there may be none. They are never overwritten. A kept one may keep 1 MiB of
   * memory alive (the `receiveSize`, if that is larger): copy what you keep for long.
   */
  readonly data: Buffer
  /** Who sent it; undefined for a Unix socket without a name. */
  readonly address: A
  /** Whether it was longer than the socket's `receiveSize`: the rest of it is lost. */
  readonly truncated: boolean
}
