import type { EventLoop } from '@tsyncio/loop'
import { asWriter, StreamWriter, type AnyWritable, type StreamReader } from '@tsyncio/streams'
import { createTask, shield, type Gen, type Task } from '@tsyncio/tasks'

import { copyStream, reportCopy } from './copy-stream.js'

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
      yield* copyStream(pipe, this.#target)
      this.#target.close()
      yield* this.#target.waitClosed()
    } catch (error) {
      reportCopy(loop, error, 'output')
    } finally {
      // The child is to hear that nobody takes what it writes.
      pipe.transport?.close()
    }
  }
}
