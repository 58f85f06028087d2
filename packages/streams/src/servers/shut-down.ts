import { CancelScope, currentTask, type Gen } from '@tsyncio/tasks'

import type { Clients } from './clients.js'

export interface ShutdownOptions {
  /** Milliseconds that handlers may go on. Default: 10,000. */
  readonly grace?: number
  /**
   * Milliseconds that handlers have to clean up once they are cancelled, and bytes to be
   * sent. Default: 1,000.
   */
  readonly cleanup?: number
}

/** What a shutdown had to do: how many connections ended in which way. */
export interface ShutdownReport {
  /** Were over within the grace period. */
  readonly finished: number
  /** Their handlers were cancelled; without a handler, they were closed. */
  readonly cancelled: number
  /** Of those, they had to be aborted: what was still to be sent is lost. */
  readonly aborted: number
}

interface Interruption {
  error?: unknown
  happened: boolean
}

/** @throws TypeError or RangeError for what is no time. */
export function requireShutdownOptions(options: ShutdownOptions): void {
  for (const name of ['grace', 'cleanup'] as const) {
    const value: unknown = options[name]
    if (value === undefined) continue
    if (typeof value !== 'number')
      throw new TypeError(`Expected milliseconds for ${name}, got ${typeof value}.`)
    if (!(value >= 0)) throw new RangeError(`Expected ${name} of at least 0, got ${value}.`)
  }
}

function* noting(interruption: Interruption, wait: Gen<void>): Gen<void> {
  try {
    yield* wait
  } catch (error) {
    interruption.error = error
    interruption.happened = true
  }
}

/**
 * Ends what a closed server has left: lets it finish, cancels, aborts, and then waits until
 * the last handler is gone, however often it is cancelled itself. Whoever cancels it is in
 * a hurry, so that ends the phase it is in.
 */
export function* shutDown(clients: Clients, options: ShutdownOptions): Gen<ShutdownReport> {
  const { grace = 10_000, cleanup = 1000 } = options
  const interruption: Interruption = { happened: false }
  const self = currentTask()
  const isOver = () => clients.areGone(self)
  const before = clients.count(self)
  yield* noting(interruption, clients.until(isOver, grace))
  const cancelled = clients.cancel(self)
  let aborted = 0
  const rest = function* (): Gen<void> {
    yield* noting(interruption, clients.until(isOver, cleanup))
    aborted = clients.abort(self)
    while (!isOver()) yield* noting(interruption, clients.until(isOver))
  }
  // A cancelled scope would interrupt every wait. Outside of a task there is none.
  if (self === null) yield* rest()
  else yield* new CancelScope({ shield: true }).run(rest)
  if (interruption.happened) throw interruption.error
  return { finished: before - cancelled, cancelled, aborted }
}
