import { sleep, taskGroup, type Coroutine, type Task } from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

describe('the types of groups are inferred', () => {
  it('for tasks and their results', () => {
    void taskGroup(async (group) => {
      const generator = group.createTask(function* () {
        yield* sleep(1)
        return 1
      })
      const asynchronous = group.createTask(async () => await sleep(1, 'a'))
      const cold = group.createTask(sleep(1, true))
      expectTypeOf(generator).toEqualTypeOf<Task<number>>()
      expectTypeOf(generator.result()).toEqualTypeOf<number>()
      expectTypeOf(asynchronous.result()).toEqualTypeOf<string>()
      expectTypeOf(cold.result()).toEqualTypeOf<boolean>()
      expectTypeOf(await asynchronous).toEqualTypeOf<string>()
    })
  })

  it('for the value that a task starts with', () => {
    void taskGroup(function* (group) {
      const port = yield* group.start(function* (started: (port: number) => void) {
        started(80)
        yield* sleep(1)
      })
      expectTypeOf(port).toEqualTypeOf<number>()
      const named = group.start(async (started: (name: string) => void) => {
        started('a')
        await sleep(1)
      })
      expectTypeOf(named).toEqualTypeOf<Coroutine<string>>()
      const given = group.start<number>(async (started) => {
        started(1)
        await sleep(1)
      })
      expectTypeOf(given).toEqualTypeOf<Coroutine<number>>()
      const silent = group.start(async (started) => {
        started()
        await sleep(1)
      })
      expectTypeOf(silent).toEqualTypeOf<Coroutine<void>>()
      yield* sleep(1)
    })
  })

  it('and mistakes are errors', () => {
    void taskGroup(async (group) => {
      await group.start(async (started) => {
        // @ts-expect-error a value of a type that nobody named
        started(1)
      })
      // @ts-expect-error a promise that has started already
      group.createTask(Promise.resolve(1))
      // @ts-expect-error the group says in which loop
      group.createTask(() => sleep(1), { loop: undefined })
    })
    // @ts-expect-error no such option
    void taskGroup(async () => undefined, { limits: 3 })
  })
})
