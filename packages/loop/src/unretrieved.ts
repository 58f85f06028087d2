import type { EventLoop } from './event-loop.js'
import type { Future } from './future.js'

/** The failure of a future that nobody has looked at. It must not hold the future. */
export interface Unretrieved {
  readonly error: unknown
  readonly name: string
  readonly source: string | undefined
  readonly loop: EventLoop
}

// A failure that nobody looks at must not vanish. It is reported once: when its future
// is collected, or the loop is closed, or the process ends, whichever comes first; in
// debug mode as soon as a turn has passed without anyone having looked.
const pending = new Map<EventLoop, Set<Unretrieved>>()
const collected = new FinalizationRegistry<Unretrieved>(report)
let reportsAtExit = false

/** Notes the failure of a future. */
export function reportLater(future: Future, error: unknown): Unretrieved {
  const loop = future.getLoop()
  const failure = { error, name: future.constructor.name, source: future.source, loop }
  const failures = pending.get(loop)
  if (failures === undefined) pending.set(loop, new Set([failure]))
  else failures.add(failure)
  collected.register(future, failure, failure)
  if (!reportsAtExit) {
    reportsAtExit = true
    ;(globalThis.process as NodeJS.Process | undefined)?.on?.('exit', reportAll)
  }
  if (loop.getDebug()) reportNextTurn(failure)
  return failure
}

/** Somebody looked. */
export function retrieved(failure: Unretrieved): void {
  forget(failure)
}

/** Reports what nobody has looked at: the loop is closing. */
export function reportUnretrieved(loop: EventLoop): void {
  for (const failure of pending.get(loop) ?? []) report(failure)
}

// Waiters of the future are scheduled after this, and look in the coming turn: so two.
function reportNextTurn(failure: Unretrieved): void {
  const { loop } = failure
  loop.schedule({ run: () => loop.schedule({ run: () => report(failure) }) })
}

function reportAll(): void {
  for (const loop of pending.keys()) reportUnretrieved(loop)
}

function forget(failure: Unretrieved): boolean {
  const failures = pending.get(failure.loop)
  if (failures?.delete(failure) !== true) return false
  if (failures.size === 0) pending.delete(failure.loop)
  collected.unregister(failure)
  return true
}

function report(failure: Unretrieved): void {
  if (!forget(failure)) return
  failure.loop.callExceptionHandler({
    message: `${failure.name} exception was never retrieved`,
    exception: failure.error,
    ...(failure.source === undefined ? {} : { source: failure.source }),
  })
}
