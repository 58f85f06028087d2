import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

const rounds = process.env['TSYNCIO_LONG'] === 'bounded' ? 25 : 250
const program = new URL('../fixtures/churns.mjs', import.meta.url)

/** Lets a worker live for some milliseconds; gives what went wrong in it. */
function liveAndDie(milliseconds: number): Promise<unknown> {
  return new Promise((resolve) => {
    const worker = new Worker(program)
    let failure: unknown
    worker.once('message', () => setTimeout(() => void worker.terminate(), milliseconds))
    worker.once('error', (error) => (failure = error))
    worker.once('exit', () => resolve(failure))
  })
}

describe('workers that are terminated at any moment', () => {
  leakCheck()

  it('leave nothing behind, whatever their loops were at', { timeout: 600_000 }, async () => {
    const failures: unknown[] = []
    for (let round = 0; round < rounds; round++) {
      const lives = Array.from({ length: 4 }, () => liveAndDie(Math.random() * 20))
      failures.push(...(await Promise.all(lives)))
    }
    expect(failures.filter((failure) => failure !== undefined)).toEqual([])
  })
})
