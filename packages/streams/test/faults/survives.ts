import { getRunningLoop } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import { openReadPipe, openWritePipe, type Connection } from '@tsyncio/streams'
import { socketPair } from '@tsyncio/streams/testing'
import { exchange, SeededRandom, type Way } from '@tsyncio/streams/testing/vitest'
import { OSError, pipe2 } from '@tsyncio/syscalls'
import { coroutine, run, runBlocking, sleep, timeout, type Work } from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { expect } from 'vitest'

import { connected, unixPlace } from '../pairs.js'
import { FaultyCalls } from './faulty-calls.js'

// Virtual: the second for which a server without fds looks away is none. The real time in
// which nothing must have happened is for a busy kernel.
const clock = () => new VirtualClock(0, { patience: 300 })
const hang = 60_000

const drives: [Spelling, (main: Work) => Promise<unknown>][] = [
  [generators, (main) => run(main, { clock: clock() })],
  [asyncFunctions, (main) => run(main, { clock: clock() })],
  [generators, async (main) => runBlocking(main, { clock: clock() })],
]

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

/**
 * One exchange over a random kind of stream under random faults; the same for the same seed.
 * Gives the faults that there were.
 */
export async function survives(seed: number): Promise<string[]> {
  const random = new SeededRandom(seed)
  const rates = {
    fatal: random.pick([0, 0, 0.001, 0.005, 0.02, 0.1]),
    passing: random.pick([0, 0.05, 0.3, 0.7]),
  }
  const [spelling, drive] = random.pick(drives)
  const { body, wait } = spelling
  const faults: string[] = []
  const main = body(function* () {
    const reports: unknown[] = []
    getRunningLoop().setExceptionHandler((_loop, { exception }) => void reports.push(exception))
    const watched = getRunningLoop().core.fds.size
    using calls = new FaultyCalls(random, rates)
    try {
      yield* exchange(spelling, yield* open(wait, random.below(5)), seed)
    } catch (error) {
      if (!(error instanceof OSError)) throw error
    }
    for (let turns = 0; calls.open.size > 0 && turns < 10; turns++) yield* wait(sleep(0))
    expect([...calls.open], 'fds that are open').toEqual([])
    expect(getRunningLoop().core.fds.size, 'fds that are watched').toBe(watched)
    expect(reports.filter((report) => !(report instanceof OSError))).toEqual([])
    faults.push(...calls.faults)
  })
  await drive(() => timeout(hang, main))
  return faults
}
