import { EventEmitter, getEventListeners, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { isCancelled } from '@tsyncio/loop'
import {
  createTask,
  currentTask,
  Event,
  gather,
  Lock,
  moveOnAfter,
  Queue,
  run,
  sleep,
  taskGroup,
  timeout,
  until,
} from '@tsyncio/tasks'
import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'
import { describe, expect, it, onTestFinished } from 'vitest'

function listen(handler: (request: IncomingMessage, response: ServerResponse) => unknown): Server {
  const server = createServer((...args) => void handler(...args)).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

const urlOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

for (const { name, body, wait } of [generators, asyncFunctions]) {
  describe(`beside Node’s own, ${name} bodies`, () => {
    it('end a fetch that a timeout has cut off, and the server sees it', async () => {
      const closed = new EventEmitter()
      const gone = once(closed, 'gone')
      const main = body(function* () {
        const server = listen((_request, response) => {
          response.on('close', () => closed.emit('gone', response.writableFinished))
          closed.emit('begun')
        })
        yield* wait(until(once(server, 'listening')))
        const request = body(function* (limit: { reschedule(when: number): void }) {
          const { signal } = currentTask()!
          const begun = once(closed, 'begun').then(() => limit.reschedule(0))
          yield* wait(until(Promise.all([begun, fetch(urlOf(server), { signal })])))
        })
        try {
          return yield* wait(timeout(null, request as never))
        } catch (error) {
          return (error as Error).name
        }
      })
      expect(await run(main)).toBe('TimeoutError')
      expect(await gone).toEqual([false])
    })

    it('do not make a task of the handlers of a server that they start', async () => {
      const seen: unknown[] = []
      const main = body(function* () {
        const server = listen(async (request, response) => {
          seen.push(currentTask())
          for await (const chunk of request) seen.push(currentTask(), String(chunk))
          seen.push(await sleep(1, 'slept'), currentTask())
          response.end('ok')
        })
        yield* wait(until(once(server, 'listening')))
        const post = () => fetch(urlOf(server), { method: 'POST', body: 'hello' })
        for (let i = 0; i < 2; i++) yield* wait(until(post().then((answer) => answer.text())))
        return currentTask()?.name
      })
      expect(await run(main)).toMatch(/^Task-/)
      const each = [null, null, 'hello', 'slept', null]
      expect(seen).toEqual([...each, ...each])
    })

    it('do not take the handlers of their server along when they are cancelled', async () => {
      const events = new EventEmitter()
      const main = body(function* () {
        const [ready, begun] = [once(events, 'ready'), once(events, 'begun')]
        const serving = createTask(
          body(function* () {
            const server = listen(async (_request, response) => {
              const cancelled = once(events, 'cancelled')
              events.emit('begun')
              await until(cancelled)
              response.end(await sleep(1, 'answered'))
            })
            yield* wait(until(once(server, 'listening')))
            events.emit('ready', urlOf(server))
            yield* wait(sleep(60_000))
          }),
        )
        const [url] = (yield* wait(until(ready))) as [string]
        const text = fetch(url).then((response) => response.text())
        yield* wait(until(begun))
        serving.cancel()
        try {
          yield* wait(serving)
        } catch (error) {
          events.emit('cancelled', isCancelled(error))
        }
        return yield* wait(until(text))
      })
      expect(await run(main)).toBe('answered')
    })
  })
}

describe('callbacks of Node’s that an async function has registered', () => {
  it('belong to its task until it has settled', async () => {
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    const look = (what: string) => () => void seen.push([what, currentTask()?.name])
    let late: Promise<unknown> | undefined
    await run(async () => {
      await createTask(
        async () => {
          emitter.on('event', look('event'))
          setTimeout(look('timer'), 0)
          await sleep(20)
          emitter.emit('event')
          late = new Promise<void>((resolve) => setTimeout(resolve, 20)).then(look('late'))
        },
        { name: 'registrar' },
      )
      emitter.emit('event')
    })
    await late
    expect(seen).toEqual([
      ['timer', 'registrar'],
      ['event', 'registrar'],
      // An emitter calls its listeners where it is told to emit: in the main task.
      ['event', expect.stringMatching(/^Task-/)],
      ['late', undefined],
    ])
  })

  it('are outside of every task if a generator has', async () => {
    const seen: unknown[] = []
    await run(function* () {
      const fired = new Promise<void>((resolve) =>
        setTimeout(() => {
          seen.push(currentTask())
          resolve()
        }, 0),
      )
      yield* until(fired)
      seen.push(currentTask()?.name)
    })
    expect(seen).toEqual([null, expect.stringMatching(/^Task-/)])
  })
})

describe('a signal that many waits share', () => {
  it('ends them all, and Node warns of no leak', async () => {
    const warnings: string[] = []
    const listener = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', listener)
    onTestFinished(() => void process.off('warning', listener))
    const controller = new AbortController()
    const { signal } = controller
    const ends = await run(async () => {
      const waits = Array.from({ length: 1000 }, (_, i) =>
        i % 2 === 0 ? sleep(60_000, i, { signal }) : gather([() => sleep(60_000)], { signal }),
      )
      setImmediate(() => controller.abort(new Error('closing')))
      return Promise.allSettled(waits)
    })
    const reasons = new Set(ends.map((end) => (end.status === 'rejected' ? end.reason : end)))
    expect([...reasons]).toEqual([new Error('closing')])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await new Promise(setImmediate)
    expect(warnings).toEqual([])
  })
})

describe('no rejection is unhandled', () => {
  const clean = async (): Promise<void> => {
    try {
      await sleep(60_000)
    } finally {
      await sleep(2)
    }
  }
  const cases: Record<string, () => Promise<unknown>> = {
    'while every branch cleans up': () => Promise.all([clean(), clean(), sleep(60_000)]),
    'while a branch outlives the first to fail': () =>
      Promise.all([sleep(60_000), clean(), clean().finally(() => sleep(3))]),
    'while a group ends': async () =>
      taskGroup(async (group) => {
        group.createTask(clean)
        group.createTask(clean)
        await clean()
      }),
    'while a timeout ends': async () => timeout(60_000, () => Promise.all([clean(), clean()])),
    'while gathered tasks end': async () => gather([clean, clean]),
    'by the loser of a race': () => Promise.race([clean(), sleep(60_000)]),
  }
  for (const [title, work] of Object.entries(cases)) {
    it(title, async () => {
      const unhandled: unknown[] = []
      const listener = (error: unknown): void => void unhandled.push(error)
      process.on('unhandledRejection', listener)
      onTestFinished(() => void process.off('unhandledRejection', listener))
      await run(async () => {
        const task = createTask(work)
        await sleep(1)
        task.cancel()
        await expect(task).rejects.toSatisfy(isCancelled)
      })
      await new Promise(setImmediate)
      expect(unhandled).toEqual([])
    })
  }
})

describe('plain code, with no run around it', () => {
  it('may wait for whatever the library gives', async () => {
    const [lock, queue, event] = [new Lock(), new Queue<string>(1), new Event()]
    using held = await lock.acquire()
    expect([lock.locked(), typeof held[Symbol.dispose]]).toEqual([true, 'function'])
    const got = queue.get()
    await queue.put('item')
    expect(await got).toBe('item')
    setImmediate(() => event.set())
    await event.wait()
    expect(await moveOnAfter(1, () => sleep(60_000, 'late'))).toBe(undefined)
    expect(await taskGroup(async (group) => group.createTask(() => sleep(1, 'of a group')))).toBe(
      'of a group',
    )
  })

  it('belongs to no task', async () => {
    expect(currentTask()).toBe(null)
    await sleep(1)
    expect(currentTask()).toBe(null)
  })
})
