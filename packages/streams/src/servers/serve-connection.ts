import { getRunningLoop } from '@tsyncio/loop'
import { Task, type Gen, type Started, type Work } from '@tsyncio/tasks'

import type { StreamReader } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'

/**
 * Serves one connection: a generator function, an async function, or a plain one, whose
 * result does not matter.
 */
export type ConnectionHandler = (reader: StreamReader, writer: StreamWriter) => unknown

const generatorFunction = function* () {}.constructor

function* nothing(): Gen<void> {}

function isStarted(result: unknown): result is Started {
  const { next, then } = Object(result) as Partial<Gen<unknown> & Promise<unknown>>
  return typeof next === 'function' || typeof then === 'function'
}

function workOf(handler: ConnectionHandler, reader: StreamReader, writer: StreamWriter): Work {
  if (handler instanceof generatorFunction) return handler(reader, writer) as Work
  return () => {
    const result = handler(reader, writer)
    return isStarted(result) ? result : nothing()
  }
}

/** Runs the handler as a task; if that fails or is cancelled, the connection ends. */
export function serveConnection(
  handler: ConnectionHandler,
  reader: StreamReader,
  writer: StreamWriter,
): Task {
  const loop = getRunningLoop()
  const task = new Task(workOf(handler, reader, writer), { loop })
  task.addWaiter({
    run() {
      const exception = task.cancelled() ? undefined : task.exception()
      if (!task.cancelled() && exception === undefined) return
      const { transport } = writer
      transport.close()
      if (task.cancelled()) return
      const message = 'Unhandled error in a connection handler'
      loop.callExceptionHandler({ message, exception, task, transport })
    },
  })
  return task
}
