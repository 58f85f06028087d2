import { InvalidStateError, type EventLoop } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'
import { SIGKILL, SIGTERM } from '@tsyncio/syscalls'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'

import type { ChildStdio } from './child-stdio.js'
import { communicate } from './communicate.js'
import { endProcess } from './end-process.js'
import { ExitWatch } from './exit-watch.js'
import { ProcessGroup } from './process-group.js'
import type { TerminalOptions } from './pty/child-terminal.js'
import type { Pty } from './pty/pty.js'
import { ProcessPipes } from './process-pipes.js'
import { signalNumber } from './signal-number.js'

const defaultGrace = 5000

/**
 * A running process (asyncio's `Process`): what `createSubprocessExec` gives.
 *
 * Its exit is noticed by the loop in which it was made, whether or not anybody waits, and
 * whoever holds its pipes. While it runs it keeps that loop alive.
 */
export class Process {
  readonly #pipes: ProcessPipes
  readonly #exit: ExitWatch
  readonly #group: ProcessGroup | undefined
  /** The terminal that the process runs in; null unless the option `pty` asked for one. */
  readonly pty: Pty | null

  /** @internal */
  constructor(
    loop: EventLoop,
    pid: number,
    pidfd: number,
    stdio: ChildStdio,
    options: TerminalOptions,
  ) {
    const { signal, limit, startNewSession, processGroup } = options
    this.pty = options.terminal ?? null
    const terminate = (): void => this.terminate()
    if (startNewSession === true || processGroup === 0) this.#group = new ProcessGroup(pid)
    this.#pipes = new ProcessPipes(loop, stdio, limit)
    this.#exit = new ExitWatch(loop, pid, pidfd, () => {
      signal?.removeEventListener('abort', terminate)
      this.#group?.signal(0)
      this.pty?.letGo()
    })
    signal?.addEventListener('abort', terminate)
  }

  /** What is written here the process reads; null unless stdin is 'pipe'. */
  get stdin(): StreamWriter | null {
    return this.#pipes.stdin
  }

  /** What the process writes; null unless stdout is 'pipe'. */
  get stdout(): StreamReader | null {
    return this.#pipes.stdout
  }

  /** What the process writes to stderr; null unless that is 'pipe'. */
  get stderr(): StreamReader | null {
    return this.#pipes.stderr
  }

  get pid(): number {
    return this.#exit.pid
  }

  /** What the process exited with; -N when signal N ended it; null while it runs. */
  get returncode(): number | null {
    return this.#exit.returncode
  }

  /**
   * Waits until the process has ended, and gives its {@link returncode}. Any number may
   * wait. Cancelling gives up the wait; the process goes on.
   */
  wait(): Coroutine<number> {
    return coroutine(this.#exit.wait())
  }

  /**
   * Writes `input` to stdin, if that is a pipe, and closes it; reads stdout and stderr to
   * their ends; waits for the exit. Gives all that was read, null for what is no pipe.
   *
   * A process that does not read its input to the end is no error. Cancelling gives up
   * the wait, and what was read is lost; the process goes on.
   *
   * @throws TypeError if there is an input and stdin is no pipe, or if there is a terminal.
   */
  communicate(
    input?: Uint8Array | string,
  ): Coroutine<[stdout: Buffer | null, stderr: Buffer | null]> {
    if (this.pty !== null) {
      throw new TypeError(
        `${this.toString()} has a terminal: read process.pty.reader, and write to process.pty.writer.`,
      )
    }
    if (input !== undefined && this.stdin === null) {
      throw new TypeError(`There is input for ${this.toString()}, but its stdin is no pipe.`)
    }
    return coroutine(communicate(this.#exit, this.#pipes, input))
  }

  /**
   * Sends a signal, by name or number. A process that has ended gets none: no other
   * process with the same number is ever hit.
   */
  sendSignal(signal: NodeJS.Signals | number): void {
    this.#exit.send(signalNumber(signal))
  }

  /** Asks the process to end: SIGTERM. */
  terminate(): void {
    this.#exit.send(SIGTERM)
  }

  /** Ends the process: SIGKILL. */
  kill(): void {
    this.#exit.send(SIGKILL)
  }

  /**
   * Sends a signal to everyone in the process's group; signal 0 only looks. The group may
   * outlive the process, and keeps its number as long as somebody is in it.
   *
   * @returns whether anybody is in the group; that may be a zombie that nobody reaps.
   * @throws InvalidStateError if the process was made without `processGroup: 0` or
   *   `startNewSession`: then the group is somebody else's.
   */
  signalGroup(signal: NodeJS.Signals | number): boolean {
    const number = signalNumber(signal)
    if (this.#group === undefined) {
      throw new InvalidStateError(
        `${this.toString()} has no group of its own: give it one with processGroup: 0.`,
      )
    }
    return this.#group.signal(number)
  }

  /**
   * Ends the process: SIGTERM, after `grace` milliseconds SIGKILL; waits for the exit, and
   * closes the pipes; what has come out of them can still be read. If the process has a group of its own, that is done to the whole
   * group, also to what is left of it after the process. Cancelled meanwhile, kills at once.
   *
   * A process with a terminal gets SIGHUP beside SIGTERM, which shells ignore, and SIGCONT in
   * case it is stopped; then the terminal is closed.
   */
  close(options: { readonly grace?: number } = {}): Coroutine<number> {
    const { grace = defaultGrace } = options
    if (typeof grace !== 'number') {
      throw new TypeError(`Expected milliseconds for the option "grace", got ${typeof grace}.`)
    }
    if (!(grace >= 0)) {
      throw new RangeError(`Expected milliseconds for the option "grace", got ${grace}.`)
    }
    return coroutine(this.#end(grace))
  }

  /** `await using` ends the process as {@link close} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  toString(): string {
    const state = this.returncode === null ? 'running' : `ended with ${this.returncode}`
    return `<Process ${this.pid} ${state}>`
  }

  *#end(grace: number): Gen<number> {
    try {
      const code = yield* endProcess(this.#exit, this.#group, grace, this.pty !== null)
      yield* this.#pipes.readRest()
      if (this.pty !== null) yield* this.pty.readRest()
      return code
    } finally {
      this.#pipes.close()
      this.pty?.close()
    }
  }
}
