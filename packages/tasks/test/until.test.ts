import { isCancelled } from '@tsyncio/loop'
import { createTask, run, runBlocking, sleep, until } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

describe('until', () => {
  it('gives what a promise gives, in a generator', async () => {
    const main = function* () {
      const one = yield* until(Promise.resolve(1))
      const two = yield* until(() => Promise.resolve(2))
      return one + two
    }
    expect(await run(main)).toBe(3)
  })

  it('throws what a promise is rejected with', async () => {
    const error = new Error('theirs')
    await expect(run(() => until(Promise.reject(error)))).rejects.toBe(error)
  })

  it('abandons the promise when it is cancelled, and aborts its signal', async () => {
    let reason: unknown
    const ended = await run(function* () {
      const task = createTask(function* () {
        yield* until(
          (signal) =>
            new Promise(() => signal.addEventListener('abort', () => (reason = signal.reason))),
        )
      })
      yield* sleep(1)
      task.cancel('stop')
      try {
        yield* task
        return 'no error'
      } catch (error) {
        return isCancelled(error)
      }
    })
    expect(ended).toBe(true)
    expect(reason).toMatchObject({ name: 'CancelledError', message: 'stop' })
  })

  it('refuses what is no promise', () => {
    expect(() => until(1 as never)).toThrow(TypeError)
  })

  it('explains itself on a loop that owns the thread', () => {
    const main = function* () {
      yield* until(Promise.resolve())
    }
    expect(() => runBlocking(main)).toThrow(/until\(\) needs promises/)
    expect(() => runBlocking(() => Promise.resolve())).toThrow(/An async function needs promises/)
  })
})
