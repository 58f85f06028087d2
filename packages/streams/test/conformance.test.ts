import { PortableDriver } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { openReadPipe, openWritePipe } from '@tsyncio/streams'
import { memoryPair, socketPair } from '@tsyncio/streams/testing'
import {
  describeOneWayStream,
  describeTwoWayStream,
  type OneWayStream,
  type StreamDrive,
  type TwoWayStream,
} from '@tsyncio/streams/testing/vitest'
import { pipe2 } from '@tsyncio/syscalls'
import { coroutine, run, runBlocking } from '@tsyncio/tasks'
import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'
import { afterEach } from 'vitest'

import {
  bridged,
  destroyNetSockets,
  netSockets,
  server,
  startedTls,
  tls,
  unixPlace,
} from './pairs.js'
import { rawTerminals } from './raw-terminals.js'

const hosted: [string, StreamDrive][] = [
  ['generators, hosted', { spelling: generators, run: (main) => run(main) }],
  ['async functions, hosted', { spelling: asyncFunctions, run: (main) => run(main) }],
]

const everywhere: [string, StreamDrive][] = [
  ...hosted,
  ['generators, blocking', { spelling: generators, run: async (main) => runBlocking(main) }],
]

const clock = () => new VirtualClock(0, { patience: 0 })

const withoutFds: [string, StreamDrive][] = [
  ...everywhere,
  ['virtual time', { spelling: generators, run: (main) => run(main, { clock: clock() }) }],
  ['virtual, async', { spelling: asyncFunctions, run: (main) => run(main, { clock: clock() }) }],
  [
    'virtual, blocking',
    { spelling: generators, run: async (main) => runBlocking(main, { clock: clock() }) },
  ],
  [
    'portable',
    {
      spelling: generators,
      run: (main) => run(main, { driver: (core) => new PortableDriver(core) }),
    },
  ],
  [
    'portable, async',
    {
      spelling: asyncFunctions,
      run: (main) => run(main, { driver: (core) => new PortableDriver(core) }),
    },
  ],
]

let turn = 0
const oddSizes = () => 1 + ((turn = (turn * 31 + 7) % 60_013) % 9000)

const memory: TwoWayStream = {
  open: (options) => coroutine(made(() => memoryPair(options))),
  reset: ({ writer }) => (writer.transport as unknown as { reset(): void }).reset(),
}

const terminals: TwoWayStream = {
  open: (options) => coroutine(made(() => rawTerminals(options))),
  halfClose: false,
}

const twoWay: [string, TwoWayStream, [string, StreamDrive][]][] = [
  ['a memory pair', memory, withoutFds],
  [
    'a memory pair in small pieces',
    {
      ...memory,
      open: (options) =>
        coroutine(made(() => memoryPair({ ...options, capacity: 5000, pieceSize: oddSizes }))),
    },
    withoutFds.slice(3),
  ],
  ['TCP over IPv4', server({ host: '127.0.0.1', port: 0 }), everywhere],
  ['TCP over IPv6', server({ host: '::1', port: 0 }), everywhere],
  ['a Unix socket', server(unixPlace, false), everywhere],
  ['a socket pair', { open: (options) => coroutine(made(() => socketPair(options))) }, everywhere],
  ['a pair of raw terminals', terminals, everywhere],
  ['TLS', tls, hosted],
  ['TLS that was started later', startedTls, hosted],
  ['Node’s own sockets', netSockets, hosted],
  ['bridges to Node’s streams', { open: bridged }, hosted],
]

const pipe: OneWayStream = {
  open: (options) =>
    coroutine(
      made(() => {
        const fds = new Int32Array(2)
        pipe2(fds, 0)
        const { reader, transport: source } = openReadPipe(fds[0]!, options)
        return { reader, source, writer: openWritePipe(fds[1]!) }
      }),
    ),
}

function* made<T>(make: () => T): Generator<never, T> {
  return make()
}

leakCheck()
afterEach(destroyNetSockets)

for (const [name, stream, drives] of twoWay) {
  for (const [drive, options] of drives) describeTwoWayStream(`${name}: ${drive}`, options, stream)
}
for (const [drive, options] of everywhere) describeOneWayStream(`a pipe: ${drive}`, options, pipe)
