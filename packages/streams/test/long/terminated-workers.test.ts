import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { openConnection } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

const rounds = process.env['TSYNCIO_LONG'] === 'bounded' ? 10 : 100
const program = new URL('../fixtures/traffic.mjs', import.meta.url)

/** Talks to the worker's server until that is gone; gives how it noticed. */
function talkUntilTheEnd(port: number, onTalking: () => void): Promise<string> {
  return run(function* () {
    const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port })
    try {
      for (let i = 0; ; i++) {
        writer.write(Buffer.alloc(10_000))
        yield* writer.drain()
        if ((yield* reader.read(65_536)) === null) return 'end'
        if (i === 3) onTalking()
      }
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      writer.transport.abort()
    }
  })
}

describe.each(['hosted', 'blocking'])('a worker that is terminated in traffic, %s', (driver) => {
  leakCheck()

  it('leaves nothing behind, and its peers see the end', { timeout: 600_000 }, async () => {
    for (let round = 0; round < rounds; round++) {
      const worker = new Worker(program, { workerData: driver })
      const [port] = (await once(worker, 'message')) as [number]
      const exit = once(worker, 'exit')
      const seen = await talkUntilTheEnd(port, () => void worker.terminate())
      await exit
      expect(['end', 'ECONNRESET', 'EPIPE']).toContain(seen)
    }
  })
})
