const node = globalThis.process as (NodeJS.Process & { _tickCallback?: () => void }) | undefined

/**
 * Runs Node's ticks and promise reactions in the middle of a turn; false where the
 * runtime has no way to. Only for code that was not itself called by one of them.
 */
export function drainMicrotasks(): boolean {
  if (node?._tickCallback === undefined) return false
  try {
    node._tickCallback()
  } catch (error) {
    // A tick threw: nobody caught it, and it is none of the turn's business.
    queueMicrotask(() => {
      throw error
    })
  }
  return true
}
