import type { Future } from '@tsyncio/loop'
import {
  createTask,
  gather,
  run,
  runBlocking,
  sleep,
  taskGroup,
  timeout,
  until,
  type Coroutine,
  type Task,
  type TaskGroup,
  type Timeout,
} from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

describe('types are inferred', () => {
  it('through run, in both spellings', () => {
    expectTypeOf(
      run(function* () {
        return yield* sleep(1, 'a')
      }),
    ).toEqualTypeOf<Promise<string>>()
    expectTypeOf(run(async () => await sleep(1, 'a'))).toEqualTypeOf<Promise<string>>()
    expectTypeOf(run(() => sleep(1, 'a'))).toEqualTypeOf<Promise<string>>()
    expectTypeOf(run(sleep(1, 'a'))).toEqualTypeOf<Promise<string>>()
    expectTypeOf(runBlocking(() => sleep(1, 2))).toEqualTypeOf<number>()
  })

  it('for tasks', () => {
    expectTypeOf(createTask(() => sleep(1, 'a'))).toEqualTypeOf<Task<string>>()
    expectTypeOf(
      createTask(function* () {
        yield* sleep(1)
        return 1
      }),
    ).toEqualTypeOf<Task<number>>()
  })

  it('through yield*', () => {
    run(function* () {
      expectTypeOf(yield* sleep(1, 'a')).toEqualTypeOf<string>()
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>()
      expectTypeOf(yield* createTask(() => sleep(1, 2))).toEqualTypeOf<number>()
      expectTypeOf(yield* until(Promise.resolve(true))).toEqualTypeOf<boolean>()
    })
  })

  it('for tuples of gather', () => {
    expectTypeOf(gather([sleep(1, 'a'), async () => 1])).toEqualTypeOf<Future<[string, number]>>()
    expectTypeOf(gather([sleep(1, 'a')], { returnExceptions: true })).toEqualTypeOf<
      Future<[PromiseSettledResult<string>]>
    >()
  })

  it('for bodies', () => {
    expectTypeOf(timeout(1, () => sleep(1, 'a'))).toEqualTypeOf<Coroutine<string>>()
    timeout(1, async (limit) => {
      expectTypeOf(limit).toEqualTypeOf<Timeout>()
    })
    const group = taskGroup(function* (tasks) {
      expectTypeOf(tasks).toEqualTypeOf<TaskGroup>()
      expectTypeOf(tasks.createTask(() => sleep(1, 2))).toEqualTypeOf<Task<number>>()
      yield* sleep(1)
      return 'a'
    })
    expectTypeOf(group).toEqualTypeOf<Coroutine<string>>()
  })

  it('and mistakes are errors', () => {
    // @ts-expect-error a bare yield of a coroutine
    run(function* () {
      yield sleep(1)
    })
    // @ts-expect-error a promise that has started already
    run(Promise.resolve(1))
    // @ts-expect-error a function that is neither spelling
    run(() => 1)
    run(function* () {
      // @ts-expect-error a promise cannot be taken with yield*
      yield* Promise.resolve(1)
    })
  })
})
