import type { Transferable } from 'node:worker_threads'

const transfers = new WeakMap<object, readonly Transferable[]>()

/**
 * Marks `value`, which is to be an argument or the result of one call in another thread:
 * what is in `list` is moved there instead of copied, and is gone here. Gives `value`.
 *
 * @example
 * ```ts
 * import { run, toThread, transfer } from 'tsyncio'
 *
 * const bytes = new Uint8Array(1_000_000)
 * const crypto = new URL('node:crypto')
 * await run(() => toThread(crypto, 'hash', 'sha1', transfer(bytes, [bytes.buffer])))
 * console.log(bytes.length) // 0
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  if (typeof value !== 'object') throw new TypeError(`Expected an object, got ${typeof value}.`)
  if (!Array.isArray(list)) throw new TypeError(`Expected an array, got ${typeof list}.`)
  transfers.set(value, list as readonly Transferable[])
  return value
}

/** What is to be moved along with these values: said for one call only. */
export function transfersOf(values: readonly unknown[]): Transferable[] {
  return values.flatMap((value) => {
    if (typeof value !== 'object' || value === null) return []
    const list = transfers.get(value) ?? []
    transfers.delete(value)
    return list
  })
}
