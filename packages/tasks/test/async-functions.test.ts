import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as nodeSleep } from 'node:timers/promises'

import { getEventLoop, getRunningLoop, isCancelled } from '@tsyncio/loop'
import {
  type Gen,
  createTask,
  currentTask,
  gather,
  run,
  sleep,
  taskGroup,
  timeout,
  until,
} from '@tsyncio/tasks'
import { describe, expect, it, onTestFinished } from 'vitest'

describe('an async function as a task', () => {
  it('is interrupted in every branch of Promise.all', async () => {
    const log: string[] = []
    const branch = async (name: string): Promise<void> => {
      try {
        await sleep(60_000)
      } catch (error) {
        log.push(`${name} ${isCancelled(error) ? 'cancelled' : 'failed'}`)
        throw error
      }
    }
    await run(async () => {
      const task = createTask(() => Promise.all([branch('a'), branch('b')]))
      await sleep(1)
      task.cancel()
      await expect(task).rejects.toSatisfy(isCancelled)
    })
    expect(log).toEqual(['a cancelled', 'b cancelled'])
  })

  it('has a timeout in one branch that leaves the other alone', async () => {
    const result = await run(() =>
      Promise.all([
        timeout(1, () => sleep(60_000)).catch((error: Error) => error.name),
        sleep(5, 'untouched'),
        timeout(1, async () => {
          await sleep(60_000)
        }).catch((error: Error) => error.name),
      ]),
    )
    expect(result).toEqual(['TimeoutError', 'untouched', 'TimeoutError'])
  })

  it('has a group in one branch that cancels only its own', async () => {
    const group = () =>
      taskGroup(async (tasks) => {
        tasks.createTask(async () => {
          await sleep(1)
          throw new Error('child')
        })
        await sleep(60_000)
      }).catch((error: Error) => error.name)
    const result = await run(() => Promise.all([group(), sleep(5, 'untouched')]))
    expect(result).toEqual(['ExceptionGroup', 'untouched'])
  })

  it('withdraws the loser of Promise.race when it returns', async () => {
    let pending = 0
    const result = await run(async () => {
      const loop = getRunningLoop()
      const winner = await Promise.race([sleep(60_000, 'slow'), sleep(1, 'quick')])
      queueMicrotask(() => undefined)
      pending = loop.core.refs
      return winner
    })
    expect(result).toBe('quick')
    // The loser's timer was still there while the function ran, and did not hold up its end.
    expect(pending).toBe(1)
  })

  it('gets a cancellation that found it at a foreign promise at its next wait', async () => {
    const log: string[] = []
    let settle: () => void = () => undefined
    const foreign = new Promise<void>((resolve) => (settle = resolve))
    await run(async () => {
      const task = createTask(async () => {
        const { signal } = currentTask() ?? {}
        await foreign
        log.push(`signal ${signal?.aborted}`)
        await sleep(60_000)
        log.push('never')
      })
      await sleep(1)
      task.cancel()
      settle()
      await expect(task).rejects.toSatisfy(isCancelled)
    })
    expect(log).toEqual(['signal true'])
  })

  it('ends a fetch by its signal when a timeout expires', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const result = run(() =>
      timeout(20, async () => {
        await fetch(`http://127.0.0.1:${port}/`, { signal: currentTask()!.signal })
      }),
    )
    await expect(result).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('has a fresh signal after a timeout inside of it', async () => {
    const aborted = await run(async () => {
      await timeout(1, () => sleep(60_000)).catch(() => undefined)
      return currentTask()?.signal.aborted
    })
    expect(aborted).toBe(false)
  })

  it('counts as outside of any task once it has settled', async () => {
    let late: Promise<unknown> = Promise.resolve()
    let over = (): void => {}
    const isOver = new Promise<void>((resolve) => (over = resolve))
    await run(async () => {
      late = isOver.then(async () => {
        const inside = currentTask()
        return [inside, await sleep(1, 'works as plain code')]
      })
      await sleep(1)
    })
    over()
    expect(await late).toEqual([null, 'works as plain code'])
  })

  it('does not make a task of the handlers of a server that it starts', async () => {
    let seen: unknown = 'nothing'
    const server = await run(async () => {
      const created: Server = createServer((_request, response) => {
        seen = currentTask()
        response.end('ok')
      })
      created.listen(0, '127.0.0.1')
      await until(once(created, 'listening'))
      return created
    })
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    await (await fetch(`http://127.0.0.1:${port}/`)).text()
    expect(seen).toBe(null)
  })

  it('raises no unhandled rejection while a cancelled task cleans up', async () => {
    const unhandled: unknown[] = []
    const listener = (error: unknown): void => void unhandled.push(error)
    process.on('unhandledRejection', listener)
    onTestFinished(() => void process.off('unhandledRejection', listener))
    await run(async () => {
      const task = createTask(async () => {
        const waits = [sleep(60_000), sleep(60_000)].map((wait) => wait.then(() => undefined))
        try {
          await Promise.all(waits)
        } finally {
          await sleep(2)
        }
      })
      await sleep(1)
      task.cancel()
      await expect(task).rejects.toSatisfy(isCancelled)
    })
    await nodeSleep(1)
    expect(unhandled).toEqual([])
  })

  it('may be waited for by a generator, and the other way round', async () => {
    const result = await run(function* () {
      const inAsync = yield* createTask(async () => {
        const inner = createTask(function* () {
          yield* sleep(1)
          return 'generator'
        })
        return `async over ${await inner}`
      })
      return inAsync
    })
    expect(result).toBe('async over generator')
  })

  it('goes on in the order in which generators would', async () => {
    const log: string[] = []
    await run(async () => {
      const async = (name: string) => async (): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          log.push(`${name}${i}`)
          await sleep(0)
        }
      }
      const generator = (name: string) =>
        function* (): Gen<void> {
          for (let i = 0; i < 3; i++) {
            log.push(`${name}${i}`)
            yield* sleep(0)
          }
        }
      await gather([async('a'), generator('g'), async('b')])
    })
    expect(log.join(' ')).toBe('a0 g0 b0 a1 g1 b1 a2 g2 b2')
  })
})

describe('plain code, outside of any task', () => {
  it('may await library calls, with nothing around them', async () => {
    expect(await sleep(1, 'slept')).toBe('slept')
    expect(await gather([sleep(1, 'a')])).toEqual(['a'])
    await expect(timeout(1, () => sleep(60_000))).rejects.toThrow('The time was up.')
  })

  it('may create tasks on the thread’s own loop', async () => {
    const task = createTask(() => sleep(1, 'done'))
    expect(task.getLoop()).toBe(getEventLoop())
    expect(await task).toBe('done')
  })
})

describe('AsyncLocalStorage', () => {
  it('keeps its value in tasks of both spellings', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen = await run(async () => {
      const tasks = ['one', 'two'].map((value) =>
        storage.run(value, () => [
          createTask(async () => {
            await sleep(1)
            return storage.getStore()
          }),
          createTask(function* () {
            yield* sleep(1)
            const inner = yield* until(() => nodeSleep(1).then(() => storage.getStore()))
            return `${storage.getStore()} ${inner}`
          }),
        ]),
      )
      return storage.run('other', () => gather(tasks.flat()))
    })
    expect(seen).toEqual(['one', 'one one', 'two', 'two two'])
  })
})
