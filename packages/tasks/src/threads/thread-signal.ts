import { CancelledError } from '@tsyncio/loop'

import { runningWork, type RunningWork } from './running-work.js'
import { WorkPhase, type WorkCancellation } from './work-state.js'

const never = new AbortController()

function listen(work: RunningWork): AbortController {
  const controller = new AbortController()
  work.port.on('message', ({ message }: WorkCancellation) => {
    controller.abort(new CancelledError(message))
  })
  // The thread lives as long as the call does, whoever listens.
  work.port.unref()
  return controller
}

// A call that never gives way gets no messages: it looks at the word.
function look({ phase, port }: RunningWork, controller: AbortController): void {
  if (controller.signal.aborted || Atomics.load(phase, 0) !== WorkPhase.cancelled) return
  const threads = process.getBuiltinModule('node:worker_threads')
  const received = threads.receiveMessageOnPort(port) as { message: WorkCancellation } | undefined
  controller.abort(new CancelledError(received?.message.message))
}

/**
 * In a function that {@link toThread} called: a signal that is aborted when nobody waits
 * for it any more. A thread cannot be interrupted, so a function that takes long looks at
 * it, or passes it on. Elsewhere it is a signal that is never aborted.
 *
 * While the function does not give way no event reaches its thread: such a function calls
 * `threadSignal()` again and again, instead of keeping the signal.
 *
 * @example
 * ```ts
 * import { threadSignal } from 'tsyncio'
 *
 * export function count(to: number): number {
 *   let n = 0
 *   while (n < to) {
 *     if (++n % 100_000 === 0) threadSignal().throwIfAborted()
 *   }
 *   return n
 * }
 *
 * console.log(count(1_000_000)) // 1000000
 * ```
 */
export function threadSignal(): AbortSignal {
  const work = runningWork.get()
  if (work === undefined) return never.signal
  const controller = (work.controller ??= listen(work))
  look(work, controller)
  return controller.signal
}
