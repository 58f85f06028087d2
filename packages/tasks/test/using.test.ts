import { setTimeout as nodeSleep } from 'node:timers/promises'

import { isCancelled } from '@tsyncio/loop'
import { createTask, run, runBlocking, sleep, using } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

const foreign = (log: string[], delay: number): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await nodeSleep(delay)
    log.push('disposed')
  },
})

describe('using a resource whose disposal is a promise', () => {
  it('waits for it, in both spellings', async () => {
    const log: string[] = []
    await run(function* () {
      yield* using(foreign(log, 1), function* () {
        yield* sleep(0)
      })
      log.push('left')
    })
    await run(async () => {
      await using(foreign(log, 1), async () => {
        await sleep(0)
      })
      log.push('left')
    })
    expect(log).toEqual(['disposed', 'left', 'disposed', 'left'])
  })

  it('throws what it is rejected with', async () => {
    const broken = { [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) }
    const main = run(() => using(broken, () => sleep(0)))
    await expect(main).rejects.toThrow('stuck')
  })

  it('leaves it to itself when it is cancelled meanwhile', async () => {
    const log: string[] = []
    await run(async () => {
      const task = createTask(() => using(foreign(log, 20), () => sleep(0)))
      await sleep(1)
      task.cancel()
      await expect(task).rejects.toSatisfy(isCancelled)
      log.push('left')
    })
    expect(log).toEqual(['left'])
  })

  it('is an error where promises do not settle', () => {
    expect(() => runBlocking(() => using(foreign([], 1), () => sleep(0)))).toThrow(TypeError)
    expect(runBlocking(() => using(null, () => sleep(0, 'fine')))).toBe('fine')
  })
})
