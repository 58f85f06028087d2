import {
  createDatagramEndpoint,
  openDatagram,
  type DatagramOptions,
  type DatagramProtocol,
  type DatagramSocket,
  type DatagramTransport,
} from '@tsyncio/streams'
import type { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { ENOBUFS, OSError, osError, type Address } from '@tsyncio/syscalls'
import { createTask, sleep } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'
import { expect } from 'vitest'

import { underFaults } from './under-faults.js'

const most = 100
const mostTurns = 10_000
const end = 'the end'
// Here a datagram has come when it was sent; but who finds no room tries again by the clock.
const patience = 1

/** The datagrams of one trial: each is its number and a filling. */
function datagramsOf(random: SeededRandom): Buffer[] {
  return Array.from({ length: random.size(most) }, (_, i) =>
    Buffer.concat([Buffer.from(`${i} `), random.bytes(random.size(2000))]),
  )
}

/** getsockname may have failed. */
function requireKnown(address: Address | undefined): Address {
  if (address === undefined) throw osError(-ENOBUFS, 'getsockname')
  return address
}

/** Lets others run until `isSo`, which is a matter of turns and not of time. */
function* until({ wait }: Spelling, isSo: () => boolean): Generator<unknown, void, unknown> {
  for (let turns = 0; !isSo(); turns++) {
    if (turns === mostTurns) throw new Error('Nothing comes any more.')
    yield* wait(sleep(0))
  }
}

function* sockets(
  { wait }: Spelling,
  kind: number,
): Generator<unknown, [DatagramSocket, DatagramSocket], unknown> {
  const isUdp = kind === 0
  const localAddress = isUdp ? { host: '127.0.0.1', port: 0 } : { path: '' }
  const receiver = yield* wait(openDatagram({ localAddress }))
  try {
    const to = { remoteAddress: requireKnown(receiver.localAddress) }
    const sender = yield* wait(openDatagram(kind === 1 ? { family: 'Unix' } : to))
    return [sender, receiver]
  } catch (error) {
    receiver.close()
    throw error
  }
}

/** Sends all of them: gives those that no error came for. */
function* sendAll(
  { wait }: Spelling,
  sender: DatagramSocket,
  receiver: DatagramSocket,
  datagrams: readonly Buffer[],
): Generator<unknown, Buffer[], unknown> {
  const isConnected = sender.remoteAddress !== undefined
  const sent: Buffer[] = []
  for (const datagram of datagrams) {
    try {
      const to = isConnected ? undefined : requireKnown(receiver.localAddress)
      yield* wait(sender.send(datagram, to))
      sent.push(datagram)
    } catch (error) {
      expect(error).toBeInstanceOf(OSError)
    }
  }
  return sent
}

/** Receives until nothing comes any more, for `end` tells that only if it comes. */
function* receiveAll(
  { wait }: Spelling,
  receiver: DatagramSocket,
  into: Buffer[],
): Generator<unknown, void, unknown> {
  for (;;) {
    try {
      const { data } = yield* wait(receiver.receive())
      if (String(data) === end) return
      into.push(data)
    } catch (error) {
      expect(error).toBeInstanceOf(OSError)
    }
  }
}

function expectArrived(received: Buffer[], sent: Buffer[], isUdp: boolean): void {
  if (!isUdp) return expect(received.map(String)).toEqual(sent.map(String))
  // Some may be missing, but none comes twice, or as another, or before its turn.
  const left = sent.map(String)
  for (const data of received.map(String)) {
    const at = left.indexOf(data)
    expect(at, 'where it is among those that have not come').toBeGreaterThanOrEqual(0)
    left.splice(0, at + 1)
  }
}

/** Datagrams from a socket to another: gives the faults that they survived. */
export function datagramsSurvive(seed: number): Promise<string[]> {
  return underFaults(
    seed,
    function* (spelling, random) {
      const { body, wait } = spelling
      const kind = random.below(3)
      const [sender, receiver] = yield* sockets(spelling, kind)
      try {
        const received: Buffer[] = []
        const receiving = createTask(body(() => receiveAll(spelling, receiver, received)))
        const sent = yield* sendAll(spelling, sender, receiver, datagramsOf(random))
        for (let turns = 0; !receiving.done(); turns++) {
          expect(turns, 'datagrams that told the end').toBeLessThan(mostTurns)
          yield* sendAll(spelling, sender, receiver, [Buffer.from(end)])
          yield* wait(sleep(0))
        }
        yield* wait(receiving)
        expectArrived(received, sent, kind === 0)
      } finally {
        sender.close()
        receiver.close()
      }
    },
    patience,
  )
}

class Endpoint implements DatagramProtocol {
  readonly received: Buffer[] = []
  readonly sendErrors: OSError[] = []
  readonly losses: (Error | undefined)[] = []

  datagramReceived(data: Buffer): void {
    this.received.push(data)
  }

  errorReceived(error: OSError): void {
    expect(error).toBeInstanceOf(OSError)
    if (error.syscall === 'send') this.sendErrors.push(error)
  }

  connectionLost(error: Error | undefined): void {
    this.losses.push(error)
  }
}

function* endpoints(spelling: Spelling, random: SeededRandom): Generator<unknown, void, unknown> {
  const { wait } = spelling
  const isUdp = random.below(2) === 0
  const localAddress = isUdp ? { host: '127.0.0.1', port: 0 } : { path: '' }
  const ends: [DatagramTransport, Endpoint][] = []
  function* make(options: DatagramOptions): Generator<unknown, [DatagramTransport, Endpoint]> {
    const made = yield* wait(createDatagramEndpoint(() => new Endpoint(), options))
    ends.push(made)
    return made
  }
  try {
    const [target, { received }] = yield* make({ localAddress })
    const remoteAddress = requireKnown(target.getExtraInfo('sockname') as Address | undefined)
    const [transport, { sendErrors }] = yield* make({ remoteAddress })
    const datagrams = datagramsOf(random)
    for (const datagram of datagrams) {
      transport.sendTo(datagram)
      if (random.next() < 0.3) yield* wait(sleep(0))
    }
    const isLost = () => transport.isClosing() || target.isClosing()
    const accounted = () => received.length + sendErrors.length
    if (isUdp) yield* until(spelling, () => isLost() || transport.getWriteBufferSize() === 0)
    else yield* until(spelling, () => isLost() || accounted() === datagrams.length)
    expect(accounted()).toBeLessThanOrEqual(datagrams.length)
    expectArrived(received, datagrams, isUdp || isLost() || sendErrors.length > 0)
  } finally {
    for (const [transport] of ends) {
      transport.close()
      transport.abort()
    }
    yield* until(spelling, () => ends.every(([, { losses }]) => losses.length > 0))
    for (let i = 0; i < 5; i++) yield* wait(sleep(0))
    for (const [, { losses }] of ends) expect(losses, 'connectionLost').toHaveLength(1)
  }
}

/** Datagrams between two endpoints with protocols: gives the faults that they survived. */
export function endpointsSurvive(seed: number): Promise<string[]> {
  return underFaults(seed, endpoints, patience)
}
