// Where an async function waits, V8 does not tell afterwards. But `await x` reads `x.then`
// before anything else, in the very function that awaits. So in debug mode `then` is a
// getter, and takes down the stack: with it come the async functions that wait for this one.
import { currentStack, onDebugMode } from '@tsyncio/loop'

type Then = PromiseLike<unknown>['then']

let place: string | undefined

/** The stack of the `await` that is being carried out; in debug mode only. */
export function awaitPlace(): string | undefined {
  return place
}

/** Makes `await` of whatever has this prototype leave its {@link awaitPlace}. */
export function traceAwaits(prototype: PromiseLike<unknown>): void {
  const plain = Object.getOwnPropertyDescriptor(prototype, 'then') as PropertyDescriptor
  const then = plain.value as Then

  function traced(this: PromiseLike<unknown>): Then {
    const stack = currentStack()
    return (onFulfilled, onRejected) => {
      place = stack
      try {
        return then.call(this, onFulfilled, onRejected) as never
      } finally {
        place = undefined
      }
    }
  }

  onDebugMode((on) => {
    Object.defineProperty(prototype, 'then', on ? { configurable: true, get: traced } : plain)
  })
}
