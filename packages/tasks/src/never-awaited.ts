import { currentLoop, dropLeftover, noteLeftover, onDebugMode, type Leftover } from '@tsyncio/loop'

import { callerOf } from './frame-call-graph-entry.js'

/** Follows coroutines from where they are made to where they are taken. */
export interface CoroutineTrail {
  made(coroutine: object): void
  taken(coroutine: object): void
}

// A coroutine that was made and not taken yet may be taken later. Only when it is gone,
// or its loop is, somebody has certainly forgotten it.
class Trail implements CoroutineTrail {
  readonly #made = new WeakMap<object, Leftover>()

  made(coroutine: object): void {
    const loop = currentLoop()
    if (loop?.getDebug() === false || loop?.isClosed() === true) return
    const { callee, place } = callerOf(new Error().stack ?? '')
    const message = `coroutine ${callee}() was never awaited`
    const leftover = {
      loop,
      context: place === undefined ? { message } : { message, source: place },
    }
    this.#made.set(coroutine, leftover)
    noteLeftover(coroutine, leftover)
  }

  taken(coroutine: object): void {
    const leftover = this.#made.get(coroutine)
    if (leftover !== undefined) dropLeftover(leftover)
  }
}

/** There in debug mode, undefined otherwise. */
export let coroutineTrail: CoroutineTrail | undefined

onDebugMode((on) => (coroutineTrail = on ? new Trail() : undefined))
