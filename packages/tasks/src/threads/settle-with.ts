import type { Future } from '@tsyncio/loop'

/**
 * Settles `future` in a turn of its loop with what comes of `promise`, unless it is done
 * by then (asyncio's `wrap_future`). The loop has something to wait for until then.
 */
export function settleWith<T>(future: Future<T>, promise: Promise<T>): void {
  const loop = future.getLoop()
  loop.core.add()
  future.addDoneCallback(() => loop.core.remove())
  const settle = (how: () => void): void => {
    if (!loop.isClosed()) loop.callSoon(() => void (future.done() || how()))
  }
  promise.then(
    (value) => settle(() => future.setResult(value)),
    (error: unknown) => settle(() => future.setException(error)),
  )
}
