import { getEventLoop, type EventLoop } from '@tsyncio/loop'

import type { Protocol } from '../transports/transport.js'
import { MemoryPipe } from './memory-pipe.js'
import { MemoryTransport, type PieceSize } from './memory-transport.js'

const defaultCapacity = 65_536

export interface MemoryPairOptions {
  /** How many bytes fit between the ends, for each direction. Default: 64 KiB. */
  readonly capacity?: number
  /**
   * The most that comes in one piece: 1 for byte by byte, a function for sizes of your own.
   * Default: all there is.
   */
  readonly pieceSize?: number | PieceSize
  /** Default: the running loop. */
  readonly loop?: EventLoop
}

function requireSize(size: number, name: string): number {
  if (typeof size !== 'number')
    throw new TypeError(`Expected ${name} in bytes, got ${typeof size}.`)
  if (size >= 1) return size
  throw new RangeError(`Expected ${name} of at least 1 byte, got ${size}.`)
}

/**
 * Connects two protocols in memory, as `createConnection` and `createServer` do by sockets:
 * for tests of protocols, in any kind of time, without ports.
 *
 * @throws TypeError or RangeError if a size is none.
 * @example
 * ```ts
 * import type { Transport } from '@tsyncio/streams'
 * import { memoryTransports } from '@tsyncio/streams/testing'
 * import { runVirtual, waitAllTasksBlocked } from '@tsyncio/tasks/testing'
 *
 * class Shouter {
 *   #transport!: Transport
 *   connectionMade(transport: Transport) {
 *     this.#transport = transport
 *   }
 *   dataReceived(data: Buffer) {
 *     this.#transport.write(String(data).toUpperCase())
 *   }
 * }
 *
 * await runVirtual(function* () {
 *   const heard: string[] = []
 *   const listener = { dataReceived: (data: Buffer) => heard.push(String(data)) }
 *   const [transport] = memoryTransports(listener, new Shouter(), { pieceSize: 3 })
 *   transport.write('hello')
 *   yield* waitAllTasksBlocked()
 *   console.log(heard) // [ 'HEL', 'LO' ]
 *   transport.close()
 * })
 * ```
 */
export function memoryTransports(
  near: Protocol,
  far: Protocol,
  options: MemoryPairOptions = {},
): [MemoryTransport, MemoryTransport] {
  const { loop = getEventLoop(), pieceSize = Infinity } = options
  const capacity = requireSize(options.capacity ?? defaultCapacity, 'a capacity')
  const sizes =
    typeof pieceSize === 'function' ? () => requireSize(pieceSize(), 'a piece') : () => pieceSize
  if (typeof pieceSize !== 'function') requireSize(pieceSize, 'a piece')
  const [there, back] = [new MemoryPipe(capacity), new MemoryPipe(capacity)]
  return [
    new MemoryTransport(loop, near, back, there, sizes),
    new MemoryTransport(loop, far, there, back, sizes),
  ]
}
