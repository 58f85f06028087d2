/** A lock or a permit that is held: disposed, it is released, once. */
export class Held implements Disposable {
  #owner: { release(): void } | undefined

  constructor(owner: { release(): void }) {
    this.#owner = owner
  }

  [Symbol.dispose](): void {
    const owner = this.#owner
    this.#owner = undefined
    owner?.release()
  }
}
