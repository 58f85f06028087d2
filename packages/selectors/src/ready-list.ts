import type { SelectorKey } from './selector-key.js'

/**
 * Where {@link Selector.selectInto} puts what is ready: key `i` is ready for what
 * `masks[i]` says. The arrays are the caller's and grow as needed; what lies beyond
 * the count of the last call is stale.
 */
export interface ReadyList<Data = unknown> {
  keys: SelectorKey<Data>[]
  masks: number[]
}
