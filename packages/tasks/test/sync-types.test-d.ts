import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  run,
  Semaphore,
  type Coroutine,
  type QueueItems,
} from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

describe('types of locks and queues are inferred', () => {
  it('as what acquire gives', () => {
    for (const lock of [new Lock(), new Condition(), new Semaphore(), new BoundedSemaphore(2)]) {
      expectTypeOf(lock.acquire()).toEqualTypeOf<Coroutine<Disposable>>()
    }
    run(async () => {
      using held = await new Lock().acquire()
      expectTypeOf(held).toEqualTypeOf<Disposable>()
    })
  })

  it('as the results of waits', () => {
    run(function* () {
      expectTypeOf(yield* new Event().wait()).toEqualTypeOf<true>()
      expectTypeOf(yield* new Barrier(2).wait()).toEqualTypeOf<number>()
      expectTypeOf(yield* new Condition().wait()).toEqualTypeOf<true>()
      expectTypeOf(yield* new Condition().waitFor(() => 'a')).toEqualTypeOf<string>()
    })
  })

  it('as the items of queues', () => {
    for (const queue of [
      new Queue<string>(),
      new PriorityQueue<string>(),
      new LifoQueue<string>(),
    ]) {
      expectTypeOf(queue.get()).toEqualTypeOf<Coroutine<string>>()
      expectTypeOf(queue.put('a')).toEqualTypeOf<Coroutine<void>>()
      expectTypeOf(queue.getNowait()).toEqualTypeOf<string>()
      expectTypeOf(queue.join()).toEqualTypeOf<Coroutine<void>>()
    }
    expectTypeOf(new Queue().getNowait()).toEqualTypeOf<unknown>()
    const items: QueueItems<number> = { size: 0, push: () => undefined, pop: () => 1 }
    expectTypeOf(new Queue(0, items)).toEqualTypeOf<Queue<number>>()
    const byLength = { compare: (a: string, b: string) => a.length - b.length }
    expectTypeOf(new PriorityQueue(0, byLength)).toEqualTypeOf<PriorityQueue<string>>()
  })

  it('and mistakes are errors', () => {
    // @ts-expect-error an item of another type
    new Queue<string>().putNowait(1)
    // @ts-expect-error a semaphore is no lock
    new Condition(new Semaphore())
    // @ts-expect-error how many it takes must be said
    new Barrier()
    // @ts-expect-error Python's positional flag
    new Queue().shutdown(true)
  })
})
