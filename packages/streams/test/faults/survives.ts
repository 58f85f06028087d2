import { openReadPipe, openWritePipe, type Connection } from '@tsyncio/streams'
import { socketPair } from '@tsyncio/streams/testing'
import { exchange, type Way } from '@tsyncio/streams/testing/vitest'
import { pipe2 } from '@tsyncio/syscalls'
import { coroutine } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import { connected, unixPlace } from '../pairs.js'
import { underFaults } from './under-faults.js'

function bothWays([near, far]: readonly [Connection, Connection]): Way[] {
  return [
    { writer: near.writer, reader: far.reader, source: far.writer.transport },
    { writer: far.writer, reader: near.reader, source: near.writer.transport },
  ]
}

function pipe(): Way[] {
  const fds = new Int32Array(2)
  pipe2(fds, 0)
  const { reader, transport: source } = openReadPipe(fds[0]!)
  return [{ reader, source, writer: openWritePipe(fds[1]!) }]
}

function* open(wait: Spelling['wait'], kind: number): Generator<unknown, Way[], unknown> {
  if (kind === 0) return pipe()
  if (kind === 1) return bothWays(socketPair())
  const place = kind === 2 ? unixPlace : { host: '127.0.0.1', port: 0 }
  return bothWays(yield* wait(coroutine(connected(place))))
}

/** One exchange over a random kind of stream: gives the faults that it survived. */
export function survives(seed: number): Promise<string[]> {
  return underFaults(seed, function* (spelling, random) {
    yield* exchange(spelling, yield* open(spelling.wait, random.below(5)), seed)
  })
}
