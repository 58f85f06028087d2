// getaddrinfo(3) blocks one of libuv's few threads for as long as a name server keeps
// silent, and nothing ends it before. libuv gives names at most half of its threads, so
// Node's fs goes on; but what asks in vain would still hold up every other name. So those
// who ask stand in line here, outside of libuv, where they can leave.
import type { EventLoop } from '@tsyncio/loop'
import { until, type Gen } from '@tsyncio/tasks'

const threads = 4

class Line {
  #free = Math.max(1, Math.floor(Number(process.env['UV_THREADPOOL_SIZE'] ?? threads) / 2) || 1)
  readonly #waiting = new Set<() => void>()

  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#free === 0) await this.#turn(signal)
    else this.#free--
    try {
      return await call()
    } finally {
      this.#next()
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve)
      const leave = () => {
        if (this.#waiting.delete(resolve)) reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined) return void this.#free++
    this.#waiting.delete(first)
    first()
  }
}

const line = new Line()

/**
 * Asks Node's resolver, when it is our turn. Cancelling leaves the line; what has begun is
 * abandoned, and keeps its place until it ends.
 *
 * @param what what is looked up, for the error within `runBlocking`.
 */
export function* lookUp<T>(loop: EventLoop, what: string, call: () => Promise<T>): Gen<Awaited<T>> {
  if (loop.core.driver?.name === 'blocking') {
    throw new TypeError(
      `Looking up "${what}" needs Node's loop, which stands still while runBlocking() owns ` +
        'the thread: give a numeric address, or use run().',
    )
  }
  return yield* until((signal) => line.run(call, signal))
}
