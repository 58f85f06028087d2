import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

const backends = ['EpollSelector', 'PollSelector', 'SelectSelector']

function start(program: string): Worker {
  return new Worker(
    `import('@tsyncio/selectors').then((selectors) => {
       const { parentPort } = require('node:worker_threads')
       ${program}
     })`,
    { eval: true },
  )
}

describe('a selector in a worker', () => {
  it.each(backends)('can be terminated while it waits (%s)', async (backend) => {
    const worker = start(`
      const selector = new selectors.${backend}()
      parentPort.postMessage('waiting')
      selector.select()
    `)
    await once(worker, 'message')
    expect(await worker.terminate()).toBe(1)
  })

  it.each(backends)('is not woken early by messages (%s)', async (backend) => {
    const worker = start(`
      const selector = new selectors.${backend}()
      parentPort.on('message', () => {})
      parentPort.postMessage('waiting')
      const start = performance.now()
      const { length } = selector.select(150)
      parentPort.postMessage([length, performance.now() - start])
    `)
    await once(worker, 'message')
    const pester = setInterval(() => worker.postMessage('wake up'), 5)
    const [[length, spent]] = (await once(worker, 'message')) as [[number, number]]
    clearInterval(pester)
    await worker.terminate()
    expect(length).toBe(0)
    expect(spent).toBeGreaterThanOrEqual(150)
  })
})
