// A stream without an fd that a child could have: it is copied, through a pipe, by a task.
import { isCancelled, type EventLoop } from '@tsyncio/loop'
import { asReader, StreamReader, type AnyReadable, type StreamWriter } from '@tsyncio/streams'
import { createTask, type Gen, type Task } from '@tsyncio/tasks'
import { Duplex } from 'node:stream'

import { copyStream, reportCopy } from './copy-stream.js'

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
      yield* copyStream(this.#source, pipe)
      pipe.close()
    } catch (error) {
      pipe.transport.abort()
      reportCopy(loop, error, 'stdin')
    } finally {
      this.close()
    }
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
