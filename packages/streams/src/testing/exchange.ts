import { createTask, gather, type Task } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'
import { expect } from 'vitest'

import { ProtocolLog } from './protocol-log.js'
import { SeededRandom } from './seeded-random.js'
import { receiveAll, sendAll } from './traffic.js'
import type { Way } from './way.js'

const mostBytes = 400_000

/** What goes through one way, and how its two sides end. */
class Passage {
  readonly received: Buffer[] = []
  readonly errors: unknown[] = []
  readonly #way: Way
  readonly #sent: Buffer
  readonly #logs: readonly ProtocolLog[]
  /** An end that had been lost before: its loss was told to others. */
  readonly #early: boolean

  constructor(way: Way, sent: Buffer) {
    const ends = [way.writer.transport, way.source]
    this.#way = way
    this.#sent = sent
    this.#early = ends.some((end) => end.isClosing())
    this.#logs = ends.map((end) => new ProtocolLog(end))
  }

  start(spelling: Spelling, seed: number): Task<unknown>[] {
    const { writer, reader } = this.#way
    const sides = [
      () => sendAll(spelling, writer, new SeededRandom(seed), this.#sent),
      () => receiveAll(spelling, reader, new SeededRandom(-seed), this.received),
    ]
    return sides.map((side) => createTask(spelling.body(() => this.#toItsEnd(side))))
  }

  *close({ wait }: Spelling): Generator<unknown, void, unknown> {
    const { writer, source } = this.#way
    source.close()
    yield* wait(writer[Symbol.asyncDispose]())
  }

  check(): void {
    const came = Buffer.concat(this.received)
    const isBeginning = came.equals(this.#sent.subarray(0, came.length))
    expect(isBeginning, 'what came is a beginning of what was sent').toBe(true)
    const losses = this.#logs.flatMap((log) => log.losses)
    const failures = [...this.errors, ...losses].filter((error) => error !== undefined)
    for (const failure of failures) expect(failure).toMatchObject({ name: 'OSError' })
    if (this.#early) return
    if (failures.length === 0) expect(came.length, 'came in all').toBe(this.#sent.length)
    for (const { losses } of this.#logs) expect(losses, 'connectionLost').toHaveLength(1)
  }

  *#toItsEnd(side: () => Generator<unknown, void, unknown>): Generator<unknown, void, unknown> {
    try {
      yield* side()
    } catch (error) {
      this.errors.push(error)
    }
  }
}

/**
 * Sends random bytes through all of `ways` at once; the same for the same seed. They may
 * fail, but then no byte is lost before the failure, none comes twice, all sides come to
 * their end, and each is told of it once. Needs vitest.
 */
export function* exchange(
  spelling: Spelling,
  ways: readonly Way[],
  seed: number,
): Generator<unknown, void, unknown> {
  const random = new SeededRandom(seed)
  const passages = ways.map((way) => new Passage(way, random.bytes(random.size(mostBytes))))
  const tasks = passages.flatMap((passage, i) => passage.start(spelling, seed + i))
  yield* spelling.wait(gather(tasks))
  for (const passage of passages) yield* passage.close(spelling)
  for (const passage of passages) passage.check()
}
