import type { EventLoop } from './event-loop.js'
import type { Future } from './future.js'
import { dropLeftover, noteLeftover, reportLeftover, type Leftover } from './leftover.js'

/** The failure of a future that nobody has looked at. */
export type Unretrieved = Leftover

// A failure that nobody looks at must not vanish. In debug mode it is reported as soon as
// a turn has passed without anyone having looked.
/** Notes the failure of a future. */
export function reportLater(future: Future, error: unknown): Unretrieved {
  const loop = future.getLoop()
  const { source } = future
  const failure: Unretrieved = {
    loop,
    context: {
      message: `${future.constructor.name} exception was never retrieved`,
      exception: error,
      ...(source === undefined ? {} : { source }),
    },
  }
  noteLeftover(future, failure)
  if (loop.getDebug()) reportNextTurn(loop, failure)
  return failure
}

/** Somebody looked. */
export function retrieved(failure: Unretrieved): void {
  dropLeftover(failure)
}

// Waiters of the future are scheduled after this, and look in the coming turn: so two.
function reportNextTurn(loop: EventLoop, failure: Unretrieved): void {
  loop.schedule({ run: () => loop.schedule({ run: () => reportLeftover(failure) }) })
}
