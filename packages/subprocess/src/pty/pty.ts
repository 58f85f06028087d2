import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import {
  getTerminalMode,
  getTerminalSize,
  openTerminal,
  setTerminalMode,
  setTerminalSize,
  type StreamReader,
  type StreamReaderOptions,
  type StreamWriter,
  type TerminalMode,
  type TerminalSize,
} from '@tsyncio/streams'
import { close, tcgetpgrp } from '@tsyncio/syscalls'
import { sleep, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requirePtyOptions } from './pty-options.js'

// The kernel keeps about 68 KiB, and hands them out 4 KiB a read.
const mostTurns = 20

/** What a {@link Pty} is made of. */
export interface PtyFds {
  readonly controller: number
  readonly terminal: number
  /**
   * A second fd of the controller. Programs close their fds, and exit after that. Were the
   * last of the controller closed in between, as the reader's is at the end, they would be
   * hung up, and their exit codes lost.
   */
  readonly held: number
}

/**
 * A terminal, as who looks at it and types has it: what `openPty` and the option `pty` give.
 *
 * `reader` gives what the programs show. It ends (null) when the last of them has let go of
 * the terminal, behind all that they wrote. `writer` takes what is typed: `'\x03'` is Ctrl-C,
 * `'\x04'` Ctrl-D, and Enter is `'\r'`.
 */
export class Pty {
  readonly reader: StreamReader
  readonly writer: StreamWriter
  /** The terminal's own path: `/dev/pts/N`. */
  readonly path: string
  readonly #loop: EventLoop
  readonly #controller: number
  #terminal: number
  #held: number
  #isClosed = false
  #size: TerminalSize

  /** @internal Takes the fds over, unless it throws. */
  constructor(loop: EventLoop, fds: PtyFds, path: string, options: StreamReaderOptions) {
    const { controller, terminal, held } = fds
    this.#size = getTerminalSize(controller)
    const { reader, writer } = openTerminal(controller, { ...options, loop })
    this.reader = reader
    this.writer = writer
    this.path = path
    this.#loop = loop
    this.#controller = controller
    this.#terminal = terminal
    this.#held = held
    loop.core.fds.claim(terminal, { loopClosed: () => this.closeTerminal() })
    loop.core.fds.claim(held, { loopClosed: () => this.letGo() })
  }

  /** The terminal's side, for children; -1 once it is closed. It is the pty's to close. */
  get fd(): number {
    return this.#terminal
  }

  /** How large it is: as it was last, when its programs have gone. */
  get size(): TerminalSize {
    if (this.#isOpen) this.#size = getTerminalSize(this.#controller)
    return this.#size
  }

  /**
   * Makes it larger or smaller. The kernel sends SIGWINCH to the programs in the foreground.
   * Nothing happens when the programs have gone.
   *
   * @throws InvalidStateError after {@link close}; TypeError or RangeError for what is no size.
   */
  resize(size: TerminalSize): void {
    this.#requireNotClosed()
    requirePtyOptions(size)
    if (this.#isOpen) setTerminalSize(this.#controller, size)
  }

  /**
   * Whether bytes go through as they are, and whether what is typed is shown. Programs change
   * it: one that asks for a password turns `echo` off.
   *
   * @throws InvalidStateError when it is closed, or its programs have gone.
   */
  get mode(): TerminalMode {
    return getTerminalMode(this.#requireOpen())
  }

  /**
   * Changes the mode; what is left out stays, but `raw` brings its own `echo`.
   *
   * @throws InvalidStateError when it is closed, or its programs have gone.
   */
  setMode(mode: Partial<TerminalMode>): void {
    setTerminalMode(this.#requireOpen(), mode)
  }

  /** The process group in the foreground: it gets Ctrl-C. Null if there is none. */
  get foregroundGroup(): number | null {
    const group = this.#isOpen ? tcgetpgrp(this.#controller) : 0
    return group > 0 ? group : null
  }

  /** Lets go of {@link fd}: then `reader` ends when no child has the terminal any more. */
  closeTerminal(): void {
    if (this.#terminal < 0) return
    this.#loop.core.fds.release(this.#terminal)
    close(this.#terminal)
    this.#terminal = -1
  }

  /**
   * Hangs up, at once: programs that run in it get SIGHUP, and what they have not read is
   * lost. What `reader` has can still be read.
   */
  close(): void {
    this.#isClosed = true
    this.closeTerminal()
    this.letGo()
    this.writer.transport.abort()
  }

  /** `await using` closes it, and waits until it is closed. */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close()
    return this.writer[Symbol.asyncDispose]()
  }

  toString(): string {
    return `<Pty ${this.#isOpen ? this.path : 'closed'}>`
  }

  /** @internal Its program has ended, and cannot be hung up any more. */
  letGo(): void {
    if (this.#held < 0) return
    this.#loop.core.fds.release(this.#held)
    close(this.#held)
    this.#held = -1
  }

  /** @internal Takes what the programs wrote last, if nobody writes any more. */
  *readRest(): Gen<void> {
    for (let turn = 0; turn < mostTurns && this.#isOpen; turn++) yield* sleep(0)
  }

  // Its fd is closed in a later turn, but not before.
  get #isOpen(): boolean {
    return !this.writer.transport.isClosing()
  }

  #requireNotClosed(): void {
    if (this.#isClosed) throw new InvalidStateError(`The terminal ${this.path} is closed.`)
  }

  #requireOpen(): number {
    this.#requireNotClosed()
    if (this.#isOpen) return this.#controller
    throw new InvalidStateError(`Nobody has the terminal ${this.path} open any more.`)
  }
}
