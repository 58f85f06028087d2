import type { Selector, SelectorKey, SelectorMap } from '@tsyncio/selectors'
import { UnsupportedError } from '@tsyncio/syscalls'

/** Stands in where fds cannot be watched: every attempt says why. */
export class AbsentSelector implements Selector {
  readonly #reason: string

  constructor(reason: string) {
    this.#reason = reason
  }

  register(): never {
    return this.#refuse()
  }

  unregister(): never {
    return this.#refuse()
  }

  modify(): never {
    return this.#refuse()
  }

  getKey(): never {
    return this.#refuse()
  }

  select(): [SelectorKey, number][] {
    return []
  }

  selectInto(): number {
    return 0
  }

  getMap(): SelectorMap | null {
    return null
  }

  close(): void {
    // It never held anything.
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #refuse(): never {
    throw new UnsupportedError(
      `Watching a file descriptor needs the native part of tsyncio, and ${this.#reason}`,
    )
  }
}
