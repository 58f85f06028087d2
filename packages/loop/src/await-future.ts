import type { Future } from './future.js'

type OnFulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined
type OnRejected<B> = ((reason: unknown) => B | PromiseLike<B>) | null | undefined

/** How `await future` is carried out. */
export type AwaitStrategy = <T>(future: Future<T>) => Promise<T>

/** Settles a promise with the future's outcome, one turn later as for every waiter. */
export function promiseOf<T>(future: Future<T>): Promise<T> {
  const loop = future.getLoop()
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      try {
        resolve(future.result())
      } catch (error) {
        reject(error)
      }
    }
    // There are no more turns to wait for.
    if (loop.isClosed() && future.done()) return settle()
    future.addWaiter({
      run() {
        loop.promiseSettled()
        settle()
      },
    })
  })
}

let strategy: AwaitStrategy = promiseOf

/**
 * Replaces the way in which futures are awaited. The layer of tasks does, so that an
 * `await` in an async function can be cancelled; this layer knows nothing of tasks.
 */
export function setAwaitStrategy(replacement: AwaitStrategy): void {
  strategy = replacement
}

export function awaitFuture<T, A, B>(
  future: Future<T>,
  onFulfilled: OnFulfilled<T, A>,
  onRejected: OnRejected<B>,
): Promise<A | B> {
  return strategy(future).then(onFulfilled, onRejected)
}
