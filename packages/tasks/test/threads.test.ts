import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { MessageChannel } from 'node:worker_threads'

import { ContextVariable, InvalidStateError, isCancelled } from '@tsyncio/loop'
import { unsupportedReason } from '@tsyncio/syscalls'
import {
  createTask,
  gather,
  MissingExportError,
  ModuleLoadError,
  run,
  runBlocking,
  runInExecutor,
  setDefaultExecutor,
  shutdownDefaultExecutor,
  sleep,
  ThreadDiedError,
  ThreadPoolExecutor,
  threadSignal,
  timeout,
  toThread,
  transfer,
  type Timeout,
  UncloneableError,
} from '@tsyncio/tasks'
import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'
import { describe, expect, it } from 'vitest'

import { start } from './start.js'

const work = new URL('fixtures/work.mjs', import.meta.url)
const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(16))

async function threadCount(): Promise<number> {
  // Node's own threads for files start all together, when they are first needed.
  await readFile('/dev/null')
  return readdirSync('/proc/self/task').length
}

/** A thread that was joined may be listed a moment longer. */
async function noMoreThreads(count: number): Promise<void> {
  while ((await threadCount()) > count) await sleep(1)
}

async function set(word: Int32Array, index: number): Promise<void> {
  while (Atomics.load(word, index) === 0) await sleep(1)
}

async function failure(wait: PromiseLike<unknown>): Promise<any> {
  try {
    return { none: await wait }
  } catch (error) {
    return error
  }
}

for (const { name, body, wait } of [generators, asyncFunctions]) {
  describe(`toThread, awaited by ${name} bodies`, () => {
    it('gives what the function gives, promise or not', async () => {
      const main = body(function* () {
        return [yield* wait(toThread(work, 'twice', 21)), yield* wait(toThread(work, 'later', 'a'))]
      })
      expect(await run(main)).toEqual([42, 'a'])
    })

    it('throws what the function throws', async () => {
      const main = body(function* () {
        try {
          return yield* wait(toThread(work, 'fail'))
        } catch (error) {
          return error
        }
      })
      expect(await run(main)).toMatchObject({ name: 'MyRangeError', message: 'out of range' })
    })

    it('is ended by a timeout, and the function is told', async () => {
      const word = words()
      const limited = body(function* (limit: Timeout) {
        const task = createTask(() => set(word, 0).then(() => limit.reschedule(0)))
        yield* wait(toThread(work, 'spin', word))
        yield* wait(task)
      })
      const main = body(function* () {
        try {
          return yield* wait(timeout(null, limited))
        } catch (error) {
          return (error as Error).name
        }
      })
      expect(await run(main)).toBe('TimeoutError')
      // The run has waited for the thread.
      expect(Atomics.load(word, 1)).toBe(1)
    })

    it('cancels the future of runInExecutor with the task that waits for it', async () => {
      const main = body(function* () {
        const future = runInExecutor(null, work, 'spin', words())
        const task = createTask(
          body(function* () {
            yield* wait(future)
          }),
        )
        yield* wait(sleep(0))
        task.cancel()
        try {
          return yield* wait(task)
        } catch (error) {
          return [isCancelled(error), future.cancelled(), task.cancelled()]
        }
      })
      expect(await run(main)).toEqual([true, true, true])
    })
  })
}

describe('a call in a thread', () => {
  it('fails with the same built-in class, name, message, stack, code and properties', async () => {
    const error = await failure(run(() => toThread(work, 'fail')))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ name: 'MyRangeError', code: 'ERR_MINE', detail: { n: 1 } })
    expect(error.stack).toMatch(/at fail .*work\.mjs/)
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.cause.message).toBe('the cause')
  })

  it('fails with all errors of an AggregateError', async () => {
    const error = await failure(run(() => toThread(work, 'failTogether')))
    expect(error).toBeInstanceOf(AggregateError)
    expect(error.errors.map(String)).toEqual(['TypeError: one', 'Error: two'])
  })

  it('fails with what is no error as well', async () => {
    expect(await failure(run(() => toThread(work, 'failWith', { n: 1 })))).toEqual({ n: 1 })
    expect(await failure(run(() => toThread(work, 'failWith', undefined)))).toBe(undefined)
  })

  it('names the functions that there are when there is none of the name', async () => {
    const error = await failure(run(() => toThread(work, 'thrice')))
    expect(error).toBeInstanceOf(MissingExportError)
    expect(error).toMatchObject({ url: work.href, exportName: 'thrice' })
    expect(error.message).toMatch(/exports no function "thrice".* twice/)
    expect(await failure(run(() => toThread(work, 'answer')))).toBeInstanceOf(MissingExportError)
  })

  it('finds the functions of a module of Node’s', async () => {
    const sum = await run(() => toThread(new URL('node:crypto'), 'hash', 'sha1', ''))
    expect(sum).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
  })

  it('says which module could not be loaded, and why', async () => {
    const url = new URL('fixtures/no-such-work.mjs', import.meta.url)
    const error = await failure(run(() => toThread(url, 'twice', 1)))
    expect(error).toBeInstanceOf(ModuleLoadError)
    expect(error).toMatchObject({ url: url.href, cause: { code: 'ERR_MODULE_NOT_FOUND' } })
  })

  it('says which argument cannot be cloned', async () => {
    const error = await failure(run(() => toThread(work, 'later', 1, () => 2)))
    expect(error).toBeInstanceOf(UncloneableError)
    expect(error.message).toMatch(/^Argument 2 of later\(\) .*could not be cloned/)
  })

  it('says that the result cannot be cloned', async () => {
    const error = await failure(run(() => toThread(work, 'giveFunction')))
    expect(error).toBeInstanceOf(UncloneableError)
    expect(error.message).toMatch(/^The result of giveFunction\(\)/)
  })

  it('tells a function from the URL of a module', () => {
    expect(() => toThread((() => 1) as never, 'x')).toThrow(/A function does not cross threads/)
    expect(() => toThread('./work.js' as never, 'x')).toThrow(/Expected a URL, got string/)
    expect(() => toThread(work, 1 as any)).toThrow(/the name of an export/)
    expect(() => runInExecutor({} as never, work, 'twice')).toThrow(TypeError)
  })

  it('gets its arguments as they were when it was submitted', async () => {
    const list = [1]
    const seen = await run(async () => {
      const future = runInExecutor(null, work, 'later', list)
      list.push(2)
      return future
    })
    expect(seen).toEqual([1])
  })

  it('moves what is marked, there and back', async () => {
    const bytes = new Uint8Array(10).fill(1)
    const [there, back] = await run(async () =>
      gather([
        toThread(work, 'later', transfer(bytes, [bytes.buffer])),
        toThread(work, 'moveBack', 5),
      ]),
    )
    expect(there).toEqual(new Uint8Array(10).fill(1))
    expect(bytes.length).toBe(0)
    expect(back).toEqual({ bytes: new Uint8Array(5).fill(7) })
  })

  it('leaves context variables where they are', async () => {
    const variable = new ContextVariable('where', 'root')
    const seen = await run(async () => {
      variable.set('main')
      await toThread(work, 'twice', 1)
      return variable.get()
    })
    expect(seen).toBe('main')
  })

  // The project "tasks without the binary" runs this file where nothing can block.
  if (unsupportedReason === undefined) {
    it('is refused on a loop that owns the thread', () => {
      expect(() => runBlocking(() => toThread(work, 'twice', 1))).toThrow(/use run\(\)/)
    })
  }
})

describe('cancelling a call in a thread', () => {
  it('ends the wait at once, and is seen by a function that never gives way', async () => {
    const word = words()
    const order = await run(async () => {
      const task = createTask(() => toThread(work, 'spin', word))
      await set(word, 0)
      task.cancel()
      const error = await failure(task)
      return [isCancelled(error), task.cancelled()]
    })
    expect(order).toEqual([true, true])
    expect(Atomics.load(word, 1)).toBe(1)
  })

  it('is an event, with the message, for one that does', async () => {
    const word = words()
    const { port1, port2 } = new MessageChannel()
    const told = once(port1, 'message')
    await run(async () => {
      const future = runInExecutor(null, work, 'listen', word, transfer(port2, [port2]))
      await set(word, 0)
      future.cancel('enough')
    })
    expect((await told)[0]).toEqual(['CancelledError', 'enough'])
  })

  it('removes a call that has not begun', async () => {
    const [gate, count] = [words(), words()]
    const results = await run(async () => {
      await using executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      const first = executor.submit(work, 'spin', gate)
      await set(gate, 0)
      const calls = [1, 2, 3].map(() => executor.submit(work, 'add', count))
      calls[1]!.cancel()
      Atomics.store(gate, 2, 1)
      return [await first, await calls[0], calls[1]!.cancelled(), await calls[2]]
    })
    expect(results).toEqual(['spun', 1, true, 2])
  })

  it('before the threads have started leaves nothing', async () => {
    const count = words()
    await run(async () => {
      const future = runInExecutor(null, work, 'add', count)
      future.cancel()
      expect(isCancelled(await failure(future))).toBe(true)
      expect(await toThread(work, 'add', count)).toBe(1)
    })
  })

  it('does nothing to one that has ended', async () => {
    await run(async () => {
      const future = runInExecutor(null, work, 'twice', 1)
      await future
      expect(future.cancel()).toBe(false)
    })
  })

  it('has a signal that is never aborted elsewhere', async () => {
    expect(threadSignal().aborted).toBe(false)
    expect(await run(() => toThread(work, 'readSignal'))).toEqual([false, true])
  })
})

describe('a thread that ends', () => {
  it('fails its call, and the executor goes on with another', async () => {
    await run(async () => {
      await using executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      for (const way of ['exit', 'crash']) {
        const calls = [executor.submit(work, way), executor.submit(work, 'twice', 1)]
        const error = await failure(calls[0]!)
        expect(error).toBeInstanceOf(ThreadDiedError)
        expect(error.message).toMatch(new RegExp(`^The thread of ${way}\\(\\) ended`))
        expect(error.cause?.message).toBe(way === 'crash' ? 'nobody catches me' : undefined)
        expect(await calls[1]).toBe(2)
      }
    })
  })
})

describe('a thread pool', () => {
  it('runs no more calls at once than it has threads, in their order', async () => {
    const count = words()
    await run(async () => {
      await using executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      const calls = Array.from({ length: 20 }, () => executor.submit(work, 'add', count))
      expect(await gather(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    })
  })

  it('runs as many as it has threads', async () => {
    const all = [words(), words(), words()]
    await run(async () => {
      await using executor = new ThreadPoolExecutor({ maxWorkers: 3 })
      const calls = all.map((word) => executor.submit(work, 'spin', word))
      for (const word of all) await set(word, 0)
      for (const word of all) Atomics.store(word, 2, 1)
      expect(await gather(calls)).toEqual(['spun', 'spun', 'spun'])
    })
  })

  it('takes no calls once it is shut down, and finishes those that it has', async () => {
    await run(async () => {
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      const calls = [1, 2, 3].map((n) => executor.submit(work, 'twice', n))
      const ended = executor.shutdown()
      expect(() => executor.submit(work, 'twice', 1)).toThrow(InvalidStateError)
      await ended
      expect(await gather(calls)).toEqual([2, 4, 6])
    })
  })

  it('drops the calls that have not begun if it is to', async () => {
    const gate = words()
    await run(async () => {
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      const first = executor.submit(work, 'spin', gate)
      await set(gate, 0)
      const second = executor.submit(work, 'twice', 1)
      const ended = executor.shutdown({ cancelFutures: true })
      expect(second.cancelled()).toBe(true)
      Atomics.store(gate, 2, 1)
      await ended
      expect(await first).toBe('spun')
    })
  })

  it('ends its threads by force', async () => {
    const gate = words()
    await run(async () => {
      const before = await threadCount()
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      const call = executor.submit(work, 'spin', gate)
      await set(gate, 0)
      await executor.terminate()
      expect(await failure(call)).toBeInstanceOf(ThreadDiedError)
      await noMoreThreads(before)
    })
  })

  it('needs a number of threads', () => {
    for (const maxWorkers of [0, -1, 1.5, NaN, '1' as never]) {
      expect(() => new ThreadPoolExecutor({ maxWorkers })).toThrow(RangeError)
    }
  })
})

describe('the default executor', () => {
  it('leaves no thread behind a run, which waits for it', async () => {
    const word = words()
    const before = await threadCount()
    await run(async () => {
      await toThread(work, 'twice', 1)
      runInExecutor(null, work, 'spin', word)
      await set(word, 0)
      setImmediate(() => Atomics.store(word, 2, 1))
    })
    expect(Atomics.load(word, 1)).toBe(2)
    await noMoreThreads(before)
  })

  it('is the one that was set, of each loop its own', async () => {
    await run(async () => {
      const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
      setDefaultExecutor(executor)
      await run(() => toThread(work, 'twice', 1))
      await executor.shutdown()
      expect(() => runInExecutor(null, work, 'twice', 1)).toThrow(/was shut down/)
      expect(() => setDefaultExecutor({} as never)).toThrow(TypeError)
    })
  })

  it('takes no calls once it is shut down', async () => {
    await run(async () => {
      await toThread(work, 'twice', 1)
      await shutdownDefaultExecutor()
      expect(await failure(toThread(work, 'twice', 1))).toBeInstanceOf(InvalidStateError)
      await shutdownDefaultExecutor()
    })
    expect(() => shutdownDefaultExecutor(-1)).toThrow(RangeError)
    expect(() => shutdownDefaultExecutor(NaN)).toThrow(RangeError)
  })

  it('is ended by force, with a warning, when its shutdown takes too long', async () => {
    const warned = once(process, 'warning')
    const word = words()
    await run(async () => {
      const call = runInExecutor(null, work, 'spin', word)
      await set(word, 0)
      await shutdownDefaultExecutor(10)
      expect(await failure(call)).toBeInstanceOf(ThreadDiedError)
    })
    expect((await warned)[0]).toMatchObject({ name: 'RuntimeWarning' })
  })

  it('is there outside of any run', async () => {
    expect(await toThread(work, 'twice', 4)).toBe(8)
  })

  it('keeps the process alive for its calls, and not for its threads', async () => {
    const { exit, out } = start('threads')
    expect(await exit).toEqual([0, null])
    expect(await out).toBe('14\n')
  })
})
