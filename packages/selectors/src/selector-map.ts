import type { FileDescriptorLike } from './file-descriptor.js'
import type { SelectorKey } from './selector-key.js'

/**
 * What is registered with a selector, by fd: a live view that cannot be written to.
 * `get` and `has` take a file object or an fd. Empty after the selector was closed.
 */
export class SelectorMap<Data = unknown> implements ReadonlyMap<number, SelectorKey<Data>> {
  readonly #keys: ReadonlyMap<number, SelectorKey<Data>>
  readonly #lookup: (fileobj: FileDescriptorLike) => SelectorKey<Data> | undefined

  /** @param lookup finds the key of a file object, also after that was closed. */
  constructor(
    keys: ReadonlyMap<number, SelectorKey<Data>>,
    lookup: (fileobj: FileDescriptorLike) => SelectorKey<Data> | undefined,
  ) {
    this.#keys = keys
    this.#lookup = lookup
  }

  get size(): number {
    return this.#keys.size
  }

  /** @throws TypeError or RangeError if `fileobj` stands for no file descriptor. */
  get(fileobj: FileDescriptorLike): SelectorKey<Data> | undefined {
    return this.#lookup(fileobj)
  }

  /** @throws TypeError or RangeError if `fileobj` stands for no file descriptor. */
  has(fileobj: FileDescriptorLike): boolean {
    return this.#lookup(fileobj) !== undefined
  }

  keys(): MapIterator<number> {
    return this.#keys.keys()
  }

  values(): MapIterator<SelectorKey<Data>> {
    return this.#keys.values()
  }

  entries(): MapIterator<[number, SelectorKey<Data>]> {
    return this.#keys.entries()
  }

  [Symbol.iterator](): MapIterator<[number, SelectorKey<Data>]> {
    return this.#keys.entries()
  }

  forEach(
    visit: (
      key: SelectorKey<Data>,
      fd: number,
      map: ReadonlyMap<number, SelectorKey<Data>>,
    ) => void,
  ): void {
    for (const [fd, key] of this.#keys) visit(key, fd, this)
  }
}
