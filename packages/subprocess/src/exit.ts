import type { Gen } from '@tsyncio/tasks'

import type { ProcessUsage } from './process-usage.js'

/** The end of one process: how it is learnt, and how signals reach it until then. */
export interface Exit {
  readonly pid: number
  /** The exit code; -N when the process was killed by signal N; null while it runs. */
  readonly returncode: number | null
  /** What the process used; null while it runs, and if nobody here can know. */
  readonly usage: ProcessUsage | null
  /** Waits for the exit; cancelled, gives up waiting and nothing else. */
  wait(): Gen<number>
  /** Sends a signal; to a process that has ended, does nothing. */
  send(signal: number): void
  /** Calls back when the process has ended; at once if it has. */
  whenEnded(callback: () => void): void
}
