import { InvalidStateError } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { LineQueue, type RawLine } from './line-queue.js'
import { LineSource } from './line-source.js'
import type { LinesOutput } from './lines-output.js'
import type { ProcessLine } from './process-line.js'
import { requireLinesOptions } from './require-lines-options.js'

const defaultLimit = 1_048_576

export interface ProcessLinesOptions {
  /** Which of the two; default: both, as far as they are pipes or the option `pty`'s terminal. */
  readonly source?: 'stdout' | 'stderr' | undefined
  /** The longest line, in bytes. Default: 1 MiB. */
  readonly limit?: number | undefined
}

/**
 * What a process writes, line by line: what `process.lines()` gives. A line comes when its
 * end has come, so those of stdout and stderr are in the order in which they arrived here.
 * Of what a process writes at once to two pipes nobody knows the order: give it
 * `stderr: STDOUT` where that matters, and the lines come from one pipe as they were written.
 *
 * A process with the option `pty` gives what its terminal shows, echo included: all of it
 * comes from 'stdout', in order; from 'stderr' if only that is the terminal.
 *
 * Async functions take it with `for await`, and generators by {@link read}. What waits
 * to be read is bounded: a process that writes faster stops. Leaving the `for await` closes
 * it, and the rest is in `process.stdout`, `process.stderr` or `process.pty.reader` again, down
 * to the byte.
 *
 * @example
 * ```ts
 * import { createSubprocessShell, PIPE, run } from 'tsyncio'
 *
 * await run(function* () {
 *   const process = yield* createSubprocessShell('echo one; echo two', { stdout: PIPE })
 *   const lines = process.lines()
 *   for (let line; (line = yield* lines.read()) !== null;) console.log(line.source, line.text)
 *   // stdout one
 *   // stdout two
 *   yield* process.wait()
 * })
 * ```
 */
export class ProcessLines implements AsyncIterableIterator<ProcessLine, undefined>, Disposable {
  readonly #queue: LineQueue
  readonly #sources: readonly LineSource[]
  #closed = false

  /** @throws TypeError if there is nothing to read from; InvalidStateError if others read. */
  constructor(output: LinesOutput, options: ProcessLinesOptions = {}) {
    requireLinesOptions(options)
    const { source, limit = defaultLimit } = options
    const names = source === undefined ? (['stdout', 'stderr'] as const) : [source]
    this.#queue = new LineQueue(limit)
    this.#sources = names.flatMap((name) => {
      const reader = output[name]
      if (reader?.transport === undefined) return []
      return [new LineSource(name, reader, reader.transport, this.#queue, limit)]
    })
    if (this.#sources.length === 0) {
      const option = source ?? 'stdout'
      throw new TypeError(`There is no pipe to read lines from: start it with ${option}: 'pipe'.`)
    }
    this.#queue.sources = this.#sources
    for (const each of this.#sources) each.start()
  }

  /**
   * The next line; null when all pipes have ended. Cancelled, takes none.
   *
   * @throws LimitOverrunError if a line is longer than the limit, after all lines before
   *   it; what failed if a pipe cannot be read.
   * @throws InvalidStateError if another read waits, or after {@link close}.
   */
  read(): Coroutine<ProcessLine | null> {
    return coroutine(this.#read())
  }

  next(): Coroutine<IteratorResult<ProcessLine, undefined>> {
    return coroutine(this.#next())
  }

  /** What leaving a `for await` calls: closes it. */
  return(): Coroutine<IteratorResult<ProcessLine, undefined>> {
    return coroutine(this.#return())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /**
   * Takes no more lines: what was not taken is in the process's readers again. A read that
   * waits gives null.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    const left = new Map(this.#sources.map((source) => [source, [] as Buffer[]]))
    for (const { source, bytes } of this.#queue.takeAll()) left.get(source)?.push(bytes)
    for (const [source, lines] of left) source.stop(lines)
    this.#queue.wake()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  *#read(): Gen<ProcessLine | null> {
    if (this.#closed) throw new InvalidStateError('The lines of this process were closed.')
    return yield* this.#come()
  }

  *#next(): Gen<IteratorResult<ProcessLine, undefined>> {
    const value = this.#closed ? null : yield* this.#come()
    return value === null ? { done: true, value: undefined } : { done: false, value }
  }

  *#come(): Gen<ProcessLine | null> {
    while (!this.#closed) {
      const line = this.#queue.take()
      if (line !== undefined) return decoded(line)
      const failure = this.#sources.find((source) => source.failure !== undefined)?.failure
      if (failure !== undefined) throw failure
      if (this.#sources.every((source) => source.ended)) return null
      yield* this.#queue.changed()
    }
    return null
  }

  *#return(): Gen<IteratorResult<ProcessLine, undefined>> {
    this.close()
    return { done: true, value: undefined }
  }
}

function decoded({ source, bytes }: RawLine): ProcessLine {
  let end = bytes.length
  if (bytes[end - 1] === 0x0a) end -= bytes[end - 2] === 0x0d ? 2 : 1
  return { source: source.name, text: bytes.toString('utf8', 0, end) }
}
