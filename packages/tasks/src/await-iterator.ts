import type { Suspend } from '@tsyncio/loop'

import { currentFrame } from './async-frame.js'

let outside: <T>(iterator: Iterator<Suspend, T, unknown>) => Promise<T>

/** How plain code, outside of any task, waits: told by the module that makes tasks. */
export function setOutsideAwait(strategy: typeof outside): void {
  outside = strategy
}

/**
 * Carries out an `await`: as a wait of the async function that awaits, if that belongs to
 * a task, else as a task of its own.
 */
export function awaitIterator<T>(iterator: Iterator<Suspend, T, unknown>): Promise<T> {
  return currentFrame()?.wait(iterator) ?? outside(iterator)
}
