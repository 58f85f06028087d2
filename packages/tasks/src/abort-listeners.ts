// One signal may end thousands of waits (a server that shuts down). Each signal gets one
// listener for all of them: Node warns of a leak at the eleventh.
const listeners = new WeakMap<AbortSignal, Set<() => void>>()

function onAbort(this: AbortSignal): void {
  for (const listener of listeners.get(this) ?? []) listener()
}

/** Calls `listener` when the signal is aborted; what it gives takes that back. */
export function listenToAbort(signal: AbortSignal, listener: () => void): () => void {
  let ours = listeners.get(signal)
  if (ours === undefined) listeners.set(signal, (ours = new Set()))
  if (ours.size === 0) signal.addEventListener('abort', onAbort)
  ours.add(listener)
  return () => {
    if (ours.delete(listener) && ours.size === 0) signal.removeEventListener('abort', onAbort)
  }
}
