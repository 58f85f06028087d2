import type { Strand } from './strand.js'

/**
 * An error goes before a cancellation, which must not get lost by it: it is delivered once
 * more, at the next wait, and counts as before.
 */
export function cancelAgain(strand: Strand): void {
  if (strand.cancelling() === 0) return
  strand.uncancel()
  strand.cancel()
}
