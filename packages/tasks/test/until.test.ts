import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { createTask, currentTask, run, runBlocking, sleep, until } from '@tsyncio/tasks'
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

  it('abandons the promise when a signal from outside is aborted', async () => {
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    const ended = await run(function* () {
      getRunningLoop().callLater(1, () => controller.abort(new Error('enough')))
      const start = (signal: AbortSignal) => {
        inner = signal
        return new Promise(() => undefined)
      }
      try {
        yield* until(start, { signal: controller.signal })
      } catch (error) {
        return [(error as Error).message, currentTask()?.cancelling(), inner?.aborted]
      }
      return 'no error'
    })
    expect(ended).toEqual(['enough', 0, true])
  })

  it('does not even begin when that signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('long ago'))
    let began = false
    const start = () => Promise.resolve((began = true))
    await expect(run(() => until(start, { signal }))).rejects.toThrow('long ago')
    expect(began).toBe(false)
    expect(() => until(start, { signal: 42 as never })).toThrow(TypeError)
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
