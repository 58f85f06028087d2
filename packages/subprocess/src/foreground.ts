import { getpgid, tcgetpgrp, tcsetpgrp } from '@tsyncio/syscalls'

/**
 * This process's terminal, lent to a child with a group of its own: in the background such
 * a child would be stopped as soon as it reads, by SIGTTIN.
 */
export class Foreground {
  readonly #fd: number
  readonly #group: number

  private constructor(fd: number, group: number) {
    this.#fd = fd
    this.#group = group
  }

  /** The terminal that `fd` is, if this process is in its foreground, and so can lend it. */
  static of(fd: number): Foreground | undefined {
    const group = getpgid(0)
    return tcgetpgrp(fd) === group ? new Foreground(fd, group) : undefined
  }

  /** Takes it back from whoever has it, who has never run a program. */
  reclaim(): void {
    if (tcgetpgrp(this.#fd) !== this.#group) tcsetpgrp(this.#fd, this.#group)
  }

  /** Takes it back from the group that it was lent to, which nobody else has changed. */
  takeBack(from: number): void {
    if (tcgetpgrp(this.#fd) === from) tcsetpgrp(this.#fd, this.#group)
  }
}
