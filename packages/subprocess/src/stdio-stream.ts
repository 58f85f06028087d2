// A stream without an fd that a child could have: it is copied, through a pipe, by a task.
import { asReader, asWriter, StreamReader, StreamWriter } from '@tsyncio/streams'
import type { AnyReadable, AnyWritable } from '@tsyncio/streams'
import type { EventLoop } from '@tsyncio/loop'
import { isCancelled } from '@tsyncio/loop'
import { OSError } from '@tsyncio/syscalls'
import { createTask, shield, type Gen, type Task } from '@tsyncio/tasks'
import { Duplex } from 'node:stream'

// One read takes what a pipe holds.
const most = 65_536
// Whoever was to read has ended: its affair.
const readerIsGone = new Set(['EPIPE', 'ECONNRESET'])

/** What a child reads from a stream of the caller's. */
export class StdinStream {
  readonly #source: StreamReader
  readonly #isOurs: boolean

  /** @throws TypeError if it cannot be read from here. */
  constructor(stream: StreamReader | AnyReadable) {
    this.#isOurs = !(stream instanceof StreamReader || stream instanceof Duplex)
    this.#source = stream instanceof StreamReader ? stream : asReader(stream)
  }

  /** Copies until the end of the stream, or until nobody reads the pipe any more. */
  start(loop: EventLoop, pipe: StreamWriter): void {
    const copying = createTask(this.#copy(loop, pipe))
    createTask(stopWhenClosed(pipe, copying))
  }

  /** Nothing will be read from the stream any more. */
  close(): void {
    if (this.#isOurs) this.#source.transport?.close()
  }

  *#copy(loop: EventLoop, pipe: StreamWriter): Gen<void> {
    try {
      yield* copy(this.#source, pipe)
      pipe.close()
    } catch (error) {
      pipe.transport.abort()
      report(loop, error, 'stdin')
    } finally {
      this.close()
    }
  }
}

/** What a child writes to a stream of the caller's. */
export class OutputStream {
  readonly #target: StreamWriter
  #copying: Task<void> | undefined

  /** @throws TypeError if it cannot be written to here. */
  constructor(stream: StreamWriter | AnyWritable) {
    this.#target = stream instanceof StreamWriter ? stream : asWriter(stream)
  }

  /** Copies until nobody can write to the pipe any more, and ends the stream. */
  start(loop: EventLoop, pipe: StreamReader): void {
    this.#copying = createTask(this.#copy(loop, pipe))
  }

  /** Waits until the stream has all of it. */
  *copied(): Gen<void> {
    if (this.#copying !== undefined) yield* shield(this.#copying)
  }

  *#copy(loop: EventLoop, pipe: StreamReader): Gen<void> {
    try {
      yield* copy(pipe, this.#target)
      this.#target.close()
      yield* this.#target.waitClosed()
    } catch (error) {
      report(loop, error, 'output')
    } finally {
      // The child is to hear that nobody takes what it writes.
      pipe.transport?.close()
    }
  }
}

function* copy(from: StreamReader, to: StreamWriter): Gen<void> {
  for (let bytes; (bytes = yield* from.read(most)) !== null;) {
    to.write(bytes)
    yield* to.drain()
  }
}

function* stopWhenClosed(pipe: StreamWriter, copying: Task<void>): Gen<void> {
  try {
    yield* pipe.waitClosed()
  } catch (error) {
    if (isCancelled(error)) throw error
  }
  copying.cancel()
}

function report(loop: EventLoop, exception: unknown, what: string): void {
  if (isCancelled(exception)) return
  if (exception instanceof OSError && readerIsGone.has(exception.code)) return
  loop.callExceptionHandler({ message: `The stream for a process's ${what} failed`, exception })
}
