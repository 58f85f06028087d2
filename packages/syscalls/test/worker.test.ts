import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { terminateWorkers } from './terminate-workers.js'

expectNoLeaks()

const dist = JSON.stringify(new URL('../dist/index.js', import.meta.url).href)

describe('a worker', () => {
  it('that waits for ever is gone at once when it is terminated, and all its fds with it', async () => {
    await terminateWorkers(200)
  }, 60_000)

  it('may be terminated while it loads the package', async () => {
    for (let i = 0; i < 40; i++) {
      const worker = new Worker(`import(${dist}); setInterval(() => {}, 1e6)`, { eval: true })
      const exited = once(worker, 'exit')
      await once(worker, 'online')
      for (let turns = i % 8; turns > 0; turns--) await new Promise(setImmediate)
      await worker.terminate()
      expect(await exited).toEqual([1])
    }
  }, 30_000)

  it('may be terminated in the middle of a turn of a hosted loop', async () => {
    const program = `import(${dist}).then((calls) => {
      const epoll = calls.epollCreate1(calls.EPOLL_CLOEXEC)
      const timer = calls.timerfdCreate(calls.CLOCK_MONOTONIC, 0)
      const shared = new Float64Array(calls.HostWord.count)
      const host = calls.hostOpen(epoll, timer, shared, () => {
        shared[calls.HostWord.ready] = 1
        require('node:worker_threads').parentPort.postMessage('turn')
        for (let i = 0; i < 1e6; i++);
      })
      calls.hostArm(host)
    })`
    for (let i = 0; i < 20; i++) {
      const worker = new Worker(program, { eval: true })
      expect(await once(worker, 'message')).toEqual(['turn'])
      await worker.terminate()
    }
  }, 30_000)
})

describe('a hosted loop', () => {
  it('outlives its epoll fd, and ends when its shared array is transferred', () => {
    const program = `import(${dist}).then((calls) => {
      const epoll = calls.epollCreate1(calls.EPOLL_CLOEXEC)
      const timer = calls.timerfdCreate(calls.CLOCK_MONOTONIC, 0)
      const shared = new Float64Array(calls.HostWord.count).fill(1)
      let turns = 0
      const host = calls.hostOpen(epoll, timer, shared, () => {
        shared[calls.HostWord.ready] = 1
        if (++turns === 1) calls.close(epoll)
        if (turns === 3) structuredClone(shared.buffer, { transfer: [shared.buffer] })
      })
      calls.hostArm(host)
      process.on('exit', () => console.log(turns))
    })`
    const { status, stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, '3\n'])
  })
})
