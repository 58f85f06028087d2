import { getpgid, tcgetpgrp, tcsetpgrp } from '@tsyncio/syscalls'

import type { ChildStdio } from './child-stdio.js'
import type { SubprocessOptions } from './subprocess-options.js'

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

  /** What is lent to a child of these options: it must have asked for a group of its own. */
  static lentTo(
    { processGroup }: SubprocessOptions,
    { fds: [stdin] }: ChildStdio,
  ): Foreground | undefined {
    return processGroup === 0 ? Foreground.of(stdin as number) : undefined
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
