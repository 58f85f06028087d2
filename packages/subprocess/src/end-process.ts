import { SIGCONT, SIGHUP, SIGKILL, SIGTERM } from '@tsyncio/syscalls'
import { timeout, TimeoutError, type Gen } from '@tsyncio/tasks'

import { despiteCancellation } from './despite-cancellation.js'
import type { Exit } from './exit.js'
import type { Followers } from './followers.js'

function* ended(exit: Exit, followers: Followers | undefined): Gen<void> {
  yield* exit.wait()
  if (followers !== undefined) yield* followers.ended()
}

const politely = [SIGTERM]
// Interactive shells ignore SIGTERM, and hand SIGHUP on to their jobs; who is stopped gets
// neither before SIGCONT.
const politelyInTerminal = [SIGTERM, SIGHUP, SIGCONT]

/** Ends a process and its group: asks, waits for a while, kills, and reaps whatever happens. */
export function* endProcess(
  exit: Exit,
  followers: Followers | undefined,
  grace: number,
  hasTerminal = false,
): Gen<number> {
  const signal = (number: number): unknown => followers?.signal(number) ?? exit.send(number)
  let interruption: { readonly error: unknown } | undefined
  for (const number of hasTerminal ? politelyInTerminal : politely) signal(number)
  try {
    yield* timeout(grace, () => ended(exit, followers))
  } catch (error) {
    if (!(error instanceof TimeoutError)) interruption = { error }
  }
  signal(SIGKILL)
  // Nothing survives SIGKILL, so this wait is short.
  interruption = (yield* despiteCancellation(() => ended(exit, followers))) ?? interruption
  if (interruption !== undefined) throw interruption.error
  return exit.returncode as number
}
