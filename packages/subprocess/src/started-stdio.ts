import { ChildStdio } from './child-stdio.js'
import { Foreground } from './foreground.js'
import { StdioStreams } from './stdio-streams.js'
import type { SubprocessOptions } from './subprocess-options.js'

/** What a process is given of ours while it starts: ends of pipes, streams, the terminal. */
export class StartedStdio {
  readonly child: ChildStdio
  readonly streams: StdioStreams
  #foreground: Foreground | undefined

  /** @throws OSError or TypeError if it cannot be had; nothing is left open then. */
  constructor(options: SubprocessOptions) {
    this.child = new ChildStdio(options)
    try {
      this.streams = new StdioStreams(this.child)
    } catch (error) {
      this.child.close()
      throw error
    }
  }

  /** Lends it the terminal that is its stdin, for a group of its own; says whether there is one. */
  lendTerminal(): boolean {
    this.#foreground = Foreground.of(this.child.fds[0] as number)
    return this.#foreground !== undefined
  }

  /** There is no process after all. */
  failed(): void {
    this.streams.close()
    // It may have had the terminal already.
    this.#foreground?.reclaim()
  }

  /** The process has ended. */
  ended(pid: number): void {
    this.#foreground?.takeBack(pid)
  }

  /** Closes whatever nobody took. */
  close(): void {
    this.child.close()
  }
}
