import { EventLoop, openRemote } from '@tsyncio/loop'
import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

function start(program: string, workerData: unknown, transferList: never[] = []): Worker {
  const url = new URL(`fixtures/${program}.mjs`, import.meta.url)
  return new Worker(url, { workerData, transferList })
}

function once(worker: Worker, event: 'message' | 'exit'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once(event, resolve)
    worker.once('error', reject)
  })
}

interface Job {
  readonly count: number
  readonly name?: string
  readonly thenWait?: boolean
}

function callFromWorker(loop: EventLoop, id: number, job: Job): Worker {
  const handle = loop.remote()
  return start('calls-remotely', { handle, id, name: 'note', ...job }, [handle.port] as never[])
}

describe.each(['hosted', 'blocking'])('calls from workers into a %s loop', (way) => {
  const leaks = leakCheck()

  async function run(loop: EventLoop): Promise<void> {
    if (way === 'blocking') loop.runForeverBlocking()
    else await loop.runForever()
  }

  it('all arrive, in order for each worker', async () => {
    using loop = new EventLoop()
    const notes: number[][] = [[], [], [], []]
    let finished = 0
    loop.handleRemote('note', (id: number, i: number) => notes[id]!.push(i))
    loop.handleRemote('finished', () => {
      if (++finished === notes.length) loop.stop()
    })
    const workers = notes.map((_, id) => callFromWorker(loop, id, { count: 1000 }))
    const exits = workers.map((worker) => once(worker, 'exit'))
    await run(loop)
    await Promise.all(exits)
    const all = Array.from({ length: 1000 }, (_, i) => i)
    expect(notes).toEqual([all, all, all, all])
  })

  it('settle what a run waits for', async () => {
    using loop = new EventLoop()
    const future = loop.createFuture<string>()
    loop.handleRemote('finished', (id: number) => future.setResult(`done by ${id}`))
    const worker = callFromWorker(loop, 7, { count: 0 })
    const exit = once(worker, 'exit')
    const result =
      way === 'blocking'
        ? loop.runUntilCompleteBlocking(future)
        : await loop.runUntilComplete(future)
    expect(result).toBe('done by 7')
    await exit
  })

  it('of a name that nobody handles are reported', async () => {
    using loop = new EventLoop()
    loop.handleRemote('finished', () => loop.stop())
    const exit = once(callFromWorker(loop, 0, { count: 2, name: 'nobody' }), 'exit')
    await run(loop)
    await exit
    const reports = leaks.takeReports()
    expect(reports).toHaveLength(2)
    expect(reports[0]!.message).toContain('"nobody"')
  })

  it('that throw are reported, and others follow', async () => {
    using loop = new EventLoop()
    loop.handleRemote('note', () => {
      throw new Error('in the handler')
    })
    loop.handleRemote('finished', () => loop.stop())
    const exit = once(callFromWorker(loop, 0, { count: 3 }), 'exit')
    await run(loop)
    await exit
    expect(leaks.takeReports()).toHaveLength(3)
  })

  it('are silent after the loop was closed', async () => {
    const loop = new EventLoop()
    loop.handleRemote('note', () => undefined)
    loop.handleRemote('finished', () => loop.stop())
    const worker = callFromWorker(loop, 0, { count: 1, thenWait: true })
    const errors: unknown[] = []
    worker.on('error', (error) => errors.push(error))
    await run(loop)
    loop.close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await worker.terminate()
    expect(errors).toEqual([])
  })

  it('may stop in the middle: a worker that is terminated harms nothing', async () => {
    using loop = new EventLoop()
    let notes = 0
    let finished = 0
    loop.handleRemote('note', () => notes++)
    const victims = [0, 0, 0].map((id) => callFromWorker(loop, id, { count: 1, thenWait: true }))
    const survivors: Worker[] = []
    const exits = victims.map((worker) => once(worker, 'exit'))
    // Not before all are up: Node itself leaves files open if it is stopped loading one.
    let running = 0
    loop.handleRemote('finished', (id: number) => {
      if (id === 0) {
        if (++running < victims.length) return
        for (const worker of victims) void worker.terminate()
        for (let i = 1; i <= 2; i++) survivors.push(callFromWorker(loop, i, { count: 100 }))
      } else if (++finished === 2) {
        loop.stop()
      }
    })
    await run(loop)
    await Promise.all([...exits, ...survivors.map((worker) => worker.terminate())])
    expect(notes).toBeGreaterThanOrEqual(200)
  })
})

describe('a remote handle', () => {
  leakCheck()

  it('is forgotten when its worker is gone', async () => {
    using loop = new EventLoop()
    loop.handleRemote('finished', () => undefined)
    const ended = loop.runForever()
    for (let i = 0; i < 3; i++)
      await once(callFromWorker(loop, i, { count: 1, name: 'finished' }), 'exit')
    for (let i = 0; loop.core.remotes > 0 && i < 1000; i++) await new Promise(setImmediate)
    expect(loop.core.remotes).toBe(0)
    loop.stop()
    await ended
  })

  it('takes anything from whoever has its port', async () => {
    using loop = new EventLoop()
    const messages: string[] = []
    loop.setExceptionHandler((_, { message }) => messages.push(message))
    const { port } = loop.remote()
    for (const junk of [null, 1, 'text', {}, { name: 'x', args: 3 }]) port.postMessage(junk)
    loop.handleRemote('last', () => loop.stop())
    const handle = loop.remote()
    const remote = openRemote(handle)
    remote.call('last')
    await loop.runForever()
    remote.close()
    expect(messages).toHaveLength(5)
  })

  it('needs a name and a function', () => {
    using loop = new EventLoop()
    expect(() => loop.handleRemote(1 as never, () => undefined)).toThrow(TypeError)
    expect(() => loop.handleRemote('name', undefined as never)).toThrow(TypeError)
  })
})

describe('a worker', () => {
  leakCheck()

  it.each(['waiting', 'busy', 'hosted', 'hosted, busy'])(
    'with a loop that is %s is gone when it is terminated',
    async (way) => {
      const taken: number[] = []
      for (let i = 0; i < 5; i++) {
        const worker = start('blocks', way)
        await once(worker, 'message')
        const started = performance.now()
        await worker.terminate()
        taken.push(performance.now() - started)
      }
      expect(Math.min(...taken)).toBeLessThan(100)
    },
  )
})

describe('a loop in a worker', () => {
  it('refuses to handle signals, which only the main thread gets', async () => {
    const worker = start('handles-signals-in-worker', undefined)
    const answers: unknown[] = []
    worker.on('message', (answer) => answers.push(answer))
    await once(worker, 'exit')
    const refusal =
      'Error: Signals can be handled in the main thread only: use a loop there and loop.remote().'
    expect(answers).toEqual([refusal, refusal])
  })
})
