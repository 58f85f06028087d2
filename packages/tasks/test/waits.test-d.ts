import type { Future } from '@tsyncio/loop'
import {
  asCompleted,
  createTask,
  ensureFuture,
  FIRST_COMPLETED,
  run,
  shield,
  sleep,
  wait,
  waitFor,
  type Coroutine,
  type DoneAndPending,
  type Task,
} from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

const text = (): Task<string> => createTask(() => sleep(1, 'a'))
const count = (): Task<number> => createTask(() => sleep(1, 1))

describe('the types of waits', () => {
  it('keep what was waited for', () => {
    expectTypeOf(wait([text()])).toEqualTypeOf<Coroutine<DoneAndPending<Task<string>>>>()
    run(async () => {
      const [a, b] = [text(), count()]
      const { done, pending } = await wait([a, b], { returnWhen: FIRST_COMPLETED })
      expectTypeOf(done).toEqualTypeOf<Set<Task<string> | Task<number>>>()
      expectTypeOf(pending).toEqualTypeOf<Set<Task<string> | Task<number>>>()
      if (done.has(a)) expectTypeOf(a.result()).toEqualTypeOf<string>()
      for (const task of done) if (task === b) expectTypeOf(task.result()).toEqualTypeOf<number>()
    })
    run(function* () {
      const futures: Set<Future<string>> = new Set()
      const { done } = yield* wait(futures)
      expectTypeOf(done).toEqualTypeOf<Set<Future<string>>>()
    })
  })

  it('refuse what is no future', () => {
    // @ts-expect-error a coroutine
    void wait([sleep(1)])
    // @ts-expect-error a function
    void wait([() => sleep(1)])
    // @ts-expect-error no such condition
    void wait([text()], { returnWhen: 'ALL' })
  })

  it('are those of the result for waitFor and shield', () => {
    expectTypeOf(waitFor(sleep(1, 'a'), 1)).toEqualTypeOf<Coroutine<string>>()
    expectTypeOf(waitFor(text(), null)).toEqualTypeOf<Coroutine<string>>()
    expectTypeOf(waitFor(async () => 1, 1)).toEqualTypeOf<Coroutine<number>>()
    expectTypeOf(shield(text())).toEqualTypeOf<Future<string>>()
    expectTypeOf(
      shield(function* () {
        yield* sleep(1)
        return 1
      }),
    ).toEqualTypeOf<Future<number>>()
    expectTypeOf(ensureFuture(async () => 'a')).toEqualTypeOf<Future<string>>()
  })

  it('are coroutines of asCompleted, and the futures when it is asynchronous', () => {
    run(async () => {
      for (const next of asCompleted([sleep(1, 'a'), count()])) {
        expectTypeOf(next).toEqualTypeOf<Coroutine<string | number>>()
        expectTypeOf(await next).toEqualTypeOf<string | number>()
      }
      const [a, b] = [text(), count()]
      for await (const [task] of asCompleted([a, b])) {
        expectTypeOf(task).toEqualTypeOf<Task<string> | Task<number>>()
        if (task === a) expectTypeOf(task.result()).toEqualTypeOf<string>()
      }
      for await (const [again] of asCompleted([a, b])) {
        expectTypeOf(again).toEqualTypeOf<Task<string> | Task<number>>()
      }
      for await (const [task] of asCompleted([sleep(1, 'a')])) {
        expectTypeOf(task).toEqualTypeOf<Task<string>>()
      }
    })
    run(function* () {
      const each = asCompleted([sleep(1, 'a')])[Symbol.asyncIterator]()
      for (let step; !(step = yield* each.next()).done;) {
        expectTypeOf(step.value).toEqualTypeOf<readonly [Task<string>]>()
      }
    })
  })
})
