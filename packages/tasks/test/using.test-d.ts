import { sleep, using, type Coroutine } from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

interface Door extends Disposable {
  readonly width: number
}

declare const someDoor: Door

describe('the types of using are inferred', () => {
  it('for the resource and the result, in both spellings', () => {
    const generator = using(someDoor, function* (door) {
      expectTypeOf(door).toEqualTypeOf<Door>()
      yield* sleep(1)
      return door.width
    })
    expectTypeOf(generator).toEqualTypeOf<Coroutine<number>>()
    const asynchronous = using(someDoor, async (door) => {
      expectTypeOf(door).toEqualTypeOf<Door>()
      return await sleep(1, 'a')
    })
    expectTypeOf(asynchronous).toEqualTypeOf<Coroutine<string>>()
    void using(someDoor as Door | null, async (door) => {
      expectTypeOf(door).toEqualTypeOf<Door | null>()
    })
  })

  it('and mistakes are errors', () => {
    // @ts-expect-error nothing to dispose of
    void using({ width: 1 }, async () => undefined)
  })
})
