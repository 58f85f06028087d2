import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { expect } from 'vitest'

import { openFdCount } from './no-leaks.js'

const program = new URL('./programs/waiting-worker.js', import.meta.url)
const waits = ['epoll', 'poll', 'select']

async function terminateOne(wait: string): Promise<number> {
  const worker = new Worker(program, { workerData: wait })
  await once(worker, 'message')
  const start = performance.now()
  await worker.terminate()
  return performance.now() - start
}

/**
 * Terminates `count` workers in the middle of a wait, one after the other. Each must be
 * gone within 100 ms; on a busy machine one in a hundred may have to queue for a core.
 */
export async function terminateWorkers(count: number): Promise<void> {
  // The first worker may leave things open for all later ones.
  await terminateOne('epoll')
  const before = openFdCount()
  const times: number[] = []
  for (let i = 0; i < count; i++) times.push(await terminateOne(waits[i % waits.length]!))
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]!
  console.info(
    `${count} workers terminated: median ${at(0.5).toFixed(1)} ms, max ${at(1).toFixed(1)} ms`,
  )
  expect(openFdCount()).toBe(before)
  expect(at(0.99)).toBeLessThan(100)
}
