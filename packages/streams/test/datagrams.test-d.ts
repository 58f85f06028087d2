import {
  createDatagramEndpoint,
  openDatagram,
  type Datagram,
  type DatagramOptions,
  type DatagramProtocol,
  type DatagramSocket,
  type DatagramTransport,
} from '@tsyncio/streams'
import type { Address, IPAddress, UnixAddress } from '@tsyncio/syscalls'
import { run, type Coroutine } from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

describe('the type of a datagram socket', () => {
  it('knows what its addresses are', () => {
    void run(function* () {
      const udp = yield* openDatagram({ localAddress: { port: 0 } })
      expectTypeOf(udp).toEqualTypeOf<DatagramSocket<IPAddress>>()
      expectTypeOf((yield* udp.receive()).address.port).toEqualTypeOf<number>()
      expectTypeOf(udp.localAddress.port).toEqualTypeOf<number>()
      expectTypeOf(udp.remoteAddress).toEqualTypeOf<IPAddress | undefined>()
      const connected = yield* openDatagram({ remoteAddress: udp.localAddress })
      expectTypeOf(connected).toEqualTypeOf<DatagramSocket<IPAddress>>()
      const four = yield* openDatagram({ family: 'IPv4' })
      expectTypeOf(four).toEqualTypeOf<DatagramSocket<IPAddress>>()
      const unix = yield* openDatagram({ localAddress: { path: '/a' } })
      expectTypeOf((yield* unix.receive()).address).toEqualTypeOf<UnixAddress | undefined>()
      const unnamed = yield* openDatagram({ family: 'Unix', receiveSize: 10 })
      expectTypeOf(unnamed).toEqualTypeOf<DatagramSocket<UnixAddress | undefined>>()
      const any = yield* openDatagram({ fd: 3 })
      expectTypeOf((yield* any.receive()).address).toEqualTypeOf<Address | undefined>()
      const options = {} as DatagramOptions
      expectTypeOf(yield* openDatagram(options)).toEqualTypeOf<DatagramSocket>()
    })
  })

  it('is the same in both spellings and in loops', () => {
    void run(async () => {
      const socket = await openDatagram({ family: 'IPv6' })
      expectTypeOf(socket.send('x')).toEqualTypeOf<Coroutine<void>>()
      expectTypeOf(await socket.receive()).toEqualTypeOf<Datagram<IPAddress>>()
      for await (const { data, truncated } of socket) {
        expectTypeOf(data).toEqualTypeOf<Buffer>()
        expectTypeOf(truncated).toEqualTypeOf<boolean>()
      }
    })
    void run(function* () {
      const socket = yield* openDatagram({ family: 'IPv6' })
      for (let step; !(step = yield* socket.next()).done;) {
        expectTypeOf(step.value.address).toEqualTypeOf<IPAddress>()
        yield* socket.send(step.value.data, step.value.address)
      }
    })
  })

  it('takes what is received from for where to send', () => {
    const datagram = {} as Datagram
    void run(async () => {
      const socket = await openDatagram({ fd: 3 })
      await socket.send('x', datagram.address)
      await socket.send('x', { host: '::1', port: 1 })
      await socket.send('x', { path: '/a' })
      // @ts-expect-error a port alone is no place
      await socket.send('x', 1)
      // @ts-expect-error neither bytes nor text
      await socket.send(1)
    })
  })
})

describe('the type of a datagram endpoint', () => {
  it('is that of its protocol', () => {
    class Mine implements DatagramProtocol {
      readonly mine = 1
      datagramReceived(_data: Buffer, _address: IPAddress): void {}
    }
    expectTypeOf(createDatagramEndpoint(() => new Mine(), { family: 'IPv4' })).toEqualTypeOf<
      Coroutine<[DatagramTransport, Mine]>
    >()
    // @ts-expect-error no protocol
    void createDatagramEndpoint(() => 1, { family: 'IPv4' })
    // @ts-expect-error no family
    void createDatagramEndpoint(() => ({}), { family: 'IPv5' })
  })
})
