import { sleep, using, type Coroutine } from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

class Door implements Disposable {
  readonly width = 1
  [Symbol.dispose](): void {
    return
  }
}

describe('the types of using are inferred', () => {
  it('for the resource and the result, in both spellings', () => {
    const generator = using(new Door(), function* (door) {
      expectTypeOf(door).toEqualTypeOf<Door>()
      yield* sleep(1)
      return door.width
    })
    expectTypeOf(generator).toEqualTypeOf<Coroutine<number>>()
    const asynchronous = using(new Door(), async (door) => {
      expectTypeOf(door).toEqualTypeOf<Door>()
      return await sleep(1, 'a')
    })
    expectTypeOf(asynchronous).toEqualTypeOf<Coroutine<string>>()
    using(null as Door | null, async (door) => {
      expectTypeOf(door).toEqualTypeOf<Door | null>()
    })
  })

  it('and mistakes are errors', () => {
    // @ts-expect-error nothing to dispose of
    using({ width: 1 }, async () => undefined)
  })
})
