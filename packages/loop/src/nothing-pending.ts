const node = globalThis.process as NodeJS.Process | undefined
const callbacks = new Set<() => void>()

// One at a time, the latest first: it may be what an earlier one waits for. What it
// brings about shows before the process is about to end again.
function onBeforeExit(): void {
  ;[...callbacks].at(-1)?.()
  if (callbacks.size > 0) setImmediate(() => undefined)
}

/**
 * Calls `callback` when nothing is pending in Node's loop any more, ours included, and
 * the process would end. What it gives takes that back.
 */
export function onNothingPending(callback: () => void): () => void {
  if (callbacks.size === 0) node?.on?.('beforeExit', onBeforeExit)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size === 0) node?.off?.('beforeExit', onBeforeExit)
  }
}
