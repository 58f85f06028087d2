import { sendFile } from '@tsyncio/streams'
import { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { OSError } from '@tsyncio/syscalls'
import { coroutine, createTask } from '@tsyncio/tasks'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

import { ProtocolLog } from '../../src/testing/protocol-log.js'
import { connected, unixPlace } from '../pairs.js'
import { underFaults } from './under-faults.js'

const mostBytes = 3_000_000
const places = [unixPlace, { host: '127.0.0.1', port: 0 }]

/** Files between what is written: gives the faults that they survived. */
export async function filesSurvive(seed: number): Promise<string[]> {
  const path = join(tmpdir(), `tsyncio-file-${process.pid}-${seed}`)
  const made = new SeededRandom(seed)
  const file = made.bytes(made.size(mostBytes))
  writeFileSync(path, file)
  try {
    return await underFaults(seed, function* ({ body, wait }, random) {
      const [near, far] = yield* wait(coroutine(connected(random.pick(places))))
      // An end that had been lost before: its loss was told to others.
      const isEarly = [near, far].some(({ writer }) => writer.isClosing())
      const logs = [near, far].map(({ writer }) => new ProtocolLog(writer.transport))
      const received: Buffer[] = []
      const failures: unknown[] = []
      const receiving = createTask(
        body(function* () {
          for (let data; (data = yield* wait(far.reader.read(65_536))) !== null;)
            received.push(data)
        }),
      )
      const offset = random.below(file.length)
      const all = Buffer.concat([
        Buffer.from('before'),
        file.subarray(offset),
        Buffer.from('after'),
      ])
      try {
        near.writer.write('before')
        const sent = yield* wait(sendFile(near.writer, path, { offset }))
        expect(sent).toBe(file.length - offset)
        near.writer.write('after')
        yield* wait(near.writer[Symbol.asyncDispose]())
      } catch (error) {
        expect(error).toBeInstanceOf(OSError)
        failures.push(error)
        near.writer.transport.abort()
      }
      try {
        yield* wait(receiving)
      } catch (error) {
        expect(error).toBeInstanceOf(OSError)
        failures.push(error)
      }
      for (const { writer } of [near, far]) yield* wait(writer[Symbol.asyncDispose]())
      const came = Buffer.concat(received)
      const isBeginning = came.equals(all.subarray(0, came.length))
      expect(isBeginning, 'what came is a beginning of what was sent').toBe(true)
      if (isEarly) return
      for (const { losses } of logs) expect(losses, 'connectionLost').toHaveLength(1)
      failures.push(...logs.flatMap(({ losses }) => losses).filter((loss) => loss !== undefined))
      if (failures.length === 0) expect(came.length, 'came in all').toBe(all.length)
    })
  } finally {
    rmSync(path)
  }
}
