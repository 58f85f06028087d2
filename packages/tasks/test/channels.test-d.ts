import {
  CapacityLimiter,
  openChannel,
  run,
  type Coroutine,
  type ReceiveChannel,
  type SendChannel,
} from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

describe('the types of channels', () => {
  it('are those of what is sent, in both spellings', () => {
    const [send, receive] = openChannel<string>()
    expectTypeOf(send).toEqualTypeOf<SendChannel<string>>()
    expectTypeOf(receive).toEqualTypeOf<ReceiveChannel<string>>()
    expectTypeOf(send.send('a')).toEqualTypeOf<Coroutine<void>>()
    expectTypeOf(receive.receiveNowait()).toEqualTypeOf<string>()
    void run(function* () {
      expectTypeOf(yield* receive.receive()).toEqualTypeOf<string>()
      for (let step; !(step = yield* receive.next()).done;) {
        expectTypeOf(step.value).toEqualTypeOf<string>()
      }
    })
    void run(async () => {
      expectTypeOf(await receive.receive()).toEqualTypeOf<string>()
      for await (const value of receive) expectTypeOf(value).toEqualTypeOf<string>()
    })
  })

  it('let an end that gives less be used where more may come', () => {
    const [, receive] = openChannel<string>()
    expectTypeOf(receive).toExtend<ReceiveChannel<string | number>>()
  })

  it('make mistakes errors', () => {
    const [send, receive] = openChannel<string>()
    // @ts-expect-error a value of another type
    void send.send(1)
    // @ts-expect-error the other end
    receive.send('a')
  })
})

describe('the types of a limiter', () => {
  it('give what gives a token back', () => {
    const limiter = new CapacityLimiter(1)
    expectTypeOf(limiter.acquire()).toEqualTypeOf<Coroutine<Disposable>>()
    expectTypeOf(limiter.acquireOnBehalfOfNowait('a')).toEqualTypeOf<Disposable>()
    // @ts-expect-error nobody
    void limiter.acquireOnBehalfOf(undefined)
  })
})
