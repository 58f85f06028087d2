/** Memory of this process that a fork would have to copy the page tables of. */
export class Ballast {
  readonly #buffers: Buffer[] = []

  /** @param mebibytes how much, every page of it written to. */
  constructor(mebibytes: number) {
    for (let i = 0; i < mebibytes; i++) this.#buffers.push(Buffer.alloc(2 ** 20, 1))
  }
}
