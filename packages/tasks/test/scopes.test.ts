import { setTimeout as nodeSleep } from 'node:timers/promises'

import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import { CancelScope, currentTask, moveOnAfter, run, sleep, taskGroup, until } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

describe('a cancel scope in async functions', () => {
  it('interrupts every branch of Promise.all, and nothing beside it', async () => {
    const log: string[] = []
    const branch = (name: string) => async () => {
      try {
        await sleep(60_000)
      } catch (error) {
        log.push(`${name} ${isCancelled(error)}`)
        throw error
      }
    }
    const result = await run(() =>
      Promise.all([
        moveOnAfter(1, () => Promise.all([branch('a')(), branch('b')()])),
        sleep(5, 'untouched'),
      ]),
    )
    expect(result).toEqual([undefined, 'untouched'])
    expect(log).toEqual(['a true', 'b true'])
  })

  it('interrupts the next wait of a function that awaits a foreign promise', async () => {
    const log: string[] = []
    const slept = await run(() =>
      moveOnAfter(1, async () => {
        await nodeSleep(5)
        log.push('foreign')
        await sleep(60_000)
      }),
    )
    expect(slept).toBeUndefined()
    expect(log).toEqual(['foreign'])
  })

  it('stops what was given its signal while a foreign promise is awaited', async () => {
    const result = await run(() =>
      moveOnAfter(1, () =>
        nodeSleep(60_000, 'late', { signal: currentTask()!.signal }).catch(String),
      ),
    )
    expect(result).toMatch(/AbortError/)
  })

  it('abandons what until() waits for, and aborts its signal', async () => {
    let reason: unknown
    const scope = new CancelScope()
    await run(async () => {
      getRunningLoop().callLater(1, () => scope.cancel())
      await scope.run(() =>
        until((signal) => {
          signal.addEventListener('abort', () => (reason = signal.reason))
          return new Promise(() => undefined)
        }),
      )
    })
    expect(scope.cancelledCaught).toBe(true)
    expect(isCancelled(reason)).toBe(true)
  })

  it('mixes with generators: a scope of one spelling around tasks of the other', async () => {
    const log: string[] = []
    await run(function* () {
      yield* moveOnAfter(1, async () => {
        await taskGroup(function* (group) {
          group.createTask(async () => {
            await sleep(60_000).finally(() => log.push('async'))
          })
          group.createTask(function* () {
            try {
              yield* sleep(60_000)
            } finally {
              log.push('generator')
            }
          })
        })
      })
    })
    expect(log.sort()).toEqual(['async', 'generator'])
  })
})

describe('a signal from outside', () => {
  it('ends that one wait with its reason, and leaves the task as it was', async () => {
    const controller = new AbortController()
    const reason = new Error('closed')
    const seen = await run(function* () {
      const task = currentTask()!
      const { signal } = task
      getRunningLoop().callLater(1, () => controller.abort(reason))
      let caught: unknown
      try {
        yield* sleep(60_000, undefined, { signal: controller.signal })
      } catch (error) {
        caught = error
      }
      return [caught, task.cancelling(), signal.aborted, yield* sleep(1, 'goes on')]
    })
    expect(seen).toEqual([reason, 0, false, 'goes on'])
  })

  it('that was aborted before keeps the wait from beginning', async () => {
    const signal = AbortSignal.abort(new Error('closed'))
    await expect(run(() => sleep(60_000, undefined, { signal }))).rejects.toThrow('closed')
    await expect(run(() => sleep(0, undefined, { signal }))).rejects.toThrow('closed')
    expect(() => sleep(1, undefined, { signal: 'abort' as never })).toThrow(TypeError)
  })

  it('that is never aborted changes nothing, and keeps no listener', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: never) => (
      listeners++,
      addEventListener.apply(signal, args)
    )
    signal.removeEventListener = (...args: never) => (
      listeners--,
      removeEventListener.apply(signal, args)
    )
    expect(await run(async () => sleep(1, 'slept', { signal }))).toBe('slept')
    expect(listeners).toBe(0)
  })
})
