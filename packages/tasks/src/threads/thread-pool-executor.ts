import { Future, getEventLoop, InvalidStateError, type EventLoop } from '@tsyncio/loop'
import type { Tinypool } from 'tinypool'

import { outsideFrames } from '../async-frame.js'
import { nodeThreads } from './node-threads.js'
import { settleWith } from './settle-with.js'
import { ThreadCall } from './thread-call.js'
import {
  requireExport,
  type ThreadArguments,
  type ThreadExport,
  type ThreadModule,
  type ThreadResult,
} from './thread-module.js'

// A thread that has nothing to do for so long is ended, but for the last one.
const idleTimeout = 60_000

export interface ThreadPoolExecutorOptions {
  /** How many threads there may be; asyncio's number is the default: 4 more than processors, 32 at the most. */
  readonly maxWorkers?: number
}

/** The result of a call in a thread; cancelling it is told to the call. */
class CallFuture extends Future<unknown> {
  readonly call: ThreadCall

  constructor(call: ThreadCall, loop: EventLoop) {
    super({ loop })
    this.call = call
  }

  override cancel(message?: string): boolean {
    if (!super.cancel(message)) return false
    this.call.cancel(message)
    return true
  }
}

/** A pool and what it runs; loaded when first needed. */
interface Threads {
  readonly pool: Tinypool
  readonly entry: string
}

/**
 * Threads that carry out calls, one each at a time, in the order in which they were
 * submitted. They are started as they are needed; idle ones keep no process alive.
 *
 * @example
 * ```ts
 * import { run, runInExecutor, ThreadPoolExecutor } from 'tsyncio'
 *
 * const work = new URL('data:text/javascript,export const twice = (n) => 2 * n')
 * await run(async () => {
 *   await using executor = new ThreadPoolExecutor({ maxWorkers: 2 })
 *   console.log(await runInExecutor(executor, work, 'twice', 21)) // 42
 * })
 * ```
 */
export class ThreadPoolExecutor implements AsyncDisposable {
  readonly #maxWorkers: number
  /** The calls that have not ended, whether or not anybody waits for them. */
  readonly #running = new Map<CallFuture, Promise<unknown>>()
  /** The threads that have not ended, with those that the pool has given up. */
  readonly #alive = new Set<Tinypool['threads'][number]>()
  #threads: Promise<Threads> | undefined
  #ended: Promise<void> | undefined

  constructor(options: ThreadPoolExecutorOptions = {}) {
    this.#maxWorkers = options.maxWorkers ?? defaultMaxWorkers()
    if (!Number.isInteger(this.#maxWorkers) || this.#maxWorkers < 1) {
      throw new RangeError(`Expected maxWorkers of 1 or more, got ${String(options.maxWorkers)}.`)
    }
  }

  /**
   * Has a thread call the function `name` that `module` exports. It is
   * {@link runInExecutor} with this executor.
   */
  submit<M = unknown, N extends ThreadExport<M> = ThreadExport<M>>(
    module: ThreadModule<M>,
    name: N,
    ...args: ThreadArguments<M, N>
  ): Future<ThreadResult<M, N>> {
    requireExport(module, name)
    const loop = getEventLoop()
    requireNodeLoop(loop)
    if (this.#ended !== undefined)
      throw new InvalidStateError('The executor was shut down: it takes no more calls.')
    const future = new CallFuture(new ThreadCall({ url: module.href, name, args }), loop)
    const running = this.#carryOut(future)
    this.#running.set(future, running)
    settleWith(future, running)
    return future as Future<ThreadResult<M, N>>
  }

  /**
   * Takes no more calls from now on, and ends the threads when those that there are have
   * ended. Those that have not begun are dropped if `cancelFutures` is set.
   */
  shutdown(options: { readonly cancelFutures?: boolean } = {}): Future<void> {
    const future = new Future<void>()
    if (options.cancelFutures === true)
      for (const each of this.#running.keys()) if (each.call.withdraw()) each.cancel()
    this.#ended ??= this.#end()
    settleWith(future, this.#ended)
    return future
  }

  /** Ends the threads at once, whatever they do; the calls fail with a {@link ThreadDiedError}. */
  terminate(): Future<void> {
    const future = this.shutdown()
    for (const { call } of this.#running.keys()) call.end()
    return future
  }

  [Symbol.asyncDispose](): Future<void> {
    return this.shutdown()
  }

  async #carryOut(future: CallFuture): Promise<unknown> {
    try {
      // The threads belong to nobody's task.
      const { pool, entry } = await (this.#threads ??= outsideFrames(() =>
        startThreads(this.#maxWorkers),
      ))
      const running = future.call.run(pool, entry)
      this.#watch(pool)
      return await running
    } finally {
      this.#running.delete(future)
    }
  }

  #watch({ threads }: Tinypool): void {
    for (const thread of threads) {
      if (this.#alive.has(thread)) continue
      this.#alive.add(thread)
      thread.once('exit', () => this.#alive.delete(thread))
    }
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#running.values())
    if (this.#threads === undefined) return
    this.#watch((await this.#threads).pool)
    await Promise.all([...this.#alive].map((thread) => thread.terminate()))
  }
}

function defaultMaxWorkers(): number {
  nodeThreads()
  return Math.min(32, process.getBuiltinModule('node:os').availableParallelism() + 4)
}

// Other code of this package loads where there are no threads, and costs nothing there.
async function startThreads(maxThreads: number): Promise<Threads> {
  const { createRequire } = process.getBuiltinModule('node:module')
  const manifest = createRequire(import.meta.url).resolve('@tsyncio/tasks/package.json')
  const { Tinypool } = await import('tinypool')
  const pool = new Tinypool({ minThreads: 1, maxThreads, idleTimeout, useAtomics: false })
  pool.on('error', (error: unknown) => {
    getEventLoop().callExceptionHandler({
      message: 'Unhandled error in a thread that had nothing to do',
      exception: error,
    })
  })
  // Not beside this file, which may be a source, or a part of somebody's bundle.
  const entry = process.getBuiltinModule('node:path').join(manifest, '../dist/threads/entry.js')
  return { pool, entry }
}

function requireNodeLoop(loop: EventLoop): void {
  if (loop.core.driver?.name !== 'blocking') return
  throw new TypeError(
    'Threads report to the loop of Node, which stands still while runBlocking() owns the thread: use run().',
  )
}
