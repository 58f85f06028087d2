import type { EventLoop } from '@tsyncio/loop'
import {
  close,
  connect,
  decodeAddress,
  encodeAddress,
  MSG_TRUNC,
  osError,
  recvfrom,
  send,
  sendto,
  type Address,
  type OSError,
} from '@tsyncio/syscalls'

import { senderAddress, senderBytes, senderLength, sockaddrOf } from './sender-address.js'
import { addressDetails } from '../names/address-details.js'
import type { Datagram } from './datagram.js'
import { addressOf, type AddressFamily, type DatagramPlace } from './datagram-place.js'
import type { UnixSocketFile } from '../servers/unix-socket-file.js'
import { slabOf, type Slab } from '../transports/slab.js'

// sockaddr of family AF_UNSPEC: who connects to it is connected no more.
const nobody = new Uint8Array(16)

/** A peer: where a datagram goes to that is sent without an address. */
interface Peer {
  readonly address: Address
  readonly bytes: Uint8Array
  /** Whether the kernel knows it, and lets nobody else's datagrams in. */
  readonly isConnected: boolean
}

/** A datagram socket's fd, and whom it talks to: one system call for each datagram. */
export class DatagramFd {
  readonly fd: number
  readonly family: AddressFamily
  /** What is to go with the socket. */
  file: UnixSocketFile | undefined
  readonly #receiveSize: number
  readonly #slab: Slab
  #peer: Peer | undefined

  constructor(loop: EventLoop, fd: number, family: AddressFamily, receiveSize: number) {
    this.fd = fd
    this.family = family
    this.#receiveSize = receiveSize
    this.#slab = slabOf(loop)
  }

  get peer(): Address | undefined {
    return this.#peer?.address
  }

  /** @param isConnected false if the kernel does not know of it. */
  setPeer(address: Address, isConnected: boolean): void {
    this.#peer = { address, bytes: encodeAddress(address), isConnected }
  }

  /** @throws OSError as `connect(2)` fails. */
  connect(address: Address): void {
    const result = connect(this.fd, encodeAddress(address))
    if (result < 0) throw osError(result, 'connect', addressDetails(address))
    this.setPeer(address, true)
  }

  disconnect(): void {
    const result = this.#peer?.isConnected === true ? connect(this.fd, nobody) : 0
    if (result < 0) throw osError(result, 'connect')
    this.#peer = undefined
  }

  /** Receives one datagram; gives `-errno` if that fails. */
  receive(): Datagram | number {
    const size = this.#receiveSize
    // With MSG_TRUNC the kernel gives the datagram's own length, whatever there is room for.
    const length = this.#slab.fill(size, (bytes, start) =>
      recvfrom(this.fd, bytes, start, size, MSG_TRUNC, senderBytes, senderLength),
    )
    if (length < 0) return length
    return {
      data: this.#slab.take(Math.min(length, size)),
      address: senderAddress(),
      truncated: length > size,
    }
  }

  /**
   * Where a datagram for `place` goes to; `undefined` is the kernel's own peer.
   *
   * @throws TypeError without a place, unless there is a peer; RangeError for another place
   *   than the peer's.
   */
  destination(place: DatagramPlace | undefined): Uint8Array | undefined {
    const peer = this.#peer
    if (place === undefined) {
      if (peer !== undefined) return peer.isConnected ? undefined : peer.bytes
      throw new TypeError('Expected an address to send to: the socket is not connected.')
    }
    const bytes = sockaddrOf(place) ?? encodeAddress(addressOf(place, this.family))
    if (peer === undefined) return bytes
    if (Buffer.compare(bytes, peer.bytes) === 0) return peer.isConnected ? undefined : bytes
    throw new RangeError(
      `Expected no address to send to, or ${nameOf(peer.address)}, got ${nameOf(decodeAddress(bytes))}.`,
    )
  }

  /** Sends one datagram; gives `-errno` if that fails. */
  send(data: Uint8Array, to: Uint8Array | undefined): number {
    if (to === undefined) return send(this.fd, data, 0, data.length, 0)
    return sendto(this.fd, data, 0, data.length, 0, to)
  }

  /**
   * Whether the fd becomes writable when there is room for a datagram to `to`. A Unix
   * socket does for its own peer: of any other receiver that is full it knows nothing, and
   * is writable all the time.
   */
  isWatchedFor(to: Uint8Array | undefined): boolean {
    return to === undefined || this.family !== 'Unix'
  }

  /** The error for an `-errno` that {@link send} gave. */
  sendError(errno: number, to: Uint8Array | undefined): OSError {
    const address = to === undefined ? this.peer : decodeAddress(to)
    return osError(errno, 'send', address === undefined ? {} : addressDetails(address))
  }

  /** The error for an `-errno` that {@link receive} gave. */
  receiveError(errno: number): OSError {
    return osError(errno, 'recv', this.peer === undefined ? {} : addressDetails(this.peer))
  }

  close(): void {
    this.file?.remove()
    close(this.fd)
  }
}

function nameOf(address: Address | undefined): string {
  const { path, address: host, port } = addressDetails(address as Address)
  return path ?? `${host}:${port}`
}
