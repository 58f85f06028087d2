import { isCancelled, type EventLoop } from '@tsyncio/loop'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'
import { OSError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

// One read takes what a pipe holds.
const most = 65_536
// Whoever was to read has ended: its affair.
const readerIsGone = new Set(['EPIPE', 'ECONNRESET'])

/** Copies to the end, no faster than it is taken. */
export function* copyStream(from: StreamReader, to: StreamWriter): Gen<void> {
  for (let bytes; (bytes = yield* from.read(most)) !== null;) {
    to.write(bytes)
    yield* to.drain()
  }
}

/** Tells the loop why a copy for a child ended early, unless that was to be expected. */
export function reportCopy(loop: EventLoop, exception: unknown, what: string): void {
  if (isCancelled(exception)) return
  if (exception instanceof OSError && readerIsGone.has(exception.code)) return
  loop.callExceptionHandler({ message: `The stream for a process's ${what} failed`, exception })
}
