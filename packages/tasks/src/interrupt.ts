import type { EventLoop } from '@tsyncio/loop'

import type { Task } from './task.js'

const node = globalThis.process as NodeJS.Process | undefined

// What a shell gives for a process that ended by SIGINT.
const exitCode = 130

function isOurs(): boolean {
  const threads = node?.getBuiltinModule?.('node:worker_threads')
  return threads?.isMainThread === true && node?.listenerCount('SIGINT') === 0
}

/** What came of Ctrl-C during a run. */
export interface Interrupts {
  readonly count: number
  stop(): void
}

/**
 * While `main` runs: the first Ctrl-C cancels it, the second ends the process with 130.
 * Not if somebody else listens for SIGINT, nor outside the main thread.
 */
export function watchInterrupts(loop: EventLoop, main: Task): Interrupts {
  let count = 0
  if (!isOurs()) return { count, stop: () => undefined }
  loop.addSignalHandler('SIGINT', () => {
    count++
    if (count > 1) process.exit(exitCode)
    main.cancel()
  })
  return {
    get count() {
      return count
    },
    stop: () => void loop.removeSignalHandler('SIGINT'),
  }
}
