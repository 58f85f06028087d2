import { InvalidStateError } from '@tsyncio/loop'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'
import { SIGKILL, SIGTERM } from '@tsyncio/syscalls'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'

import { communicate } from './communicate.js'
import { endProcess } from './end-process.js'
import type { Exit } from './exit.js'
import type { Followers } from './followers.js'
import { requireInput, type ProcessInput } from './input/process-input.js'
import { linesOutput, type LinesOutput } from './lines/lines-output.js'
import { ProcessLines, type ProcessLinesOptions } from './lines/process-lines.js'
import type { Pty } from './pty/pty.js'
import { ProcessPipes } from './process-pipes.js'
import type { ProcessUsage } from './process-usage.js'
import { signalNumber } from './signal-number.js'
import type { Start } from './start.js'
import { requireGrace } from './subprocess-options.js'

const defaultGrace = 5000

/**
 * A running process (asyncio's `Process`): what `createSubprocessExec` gives.
 *
 * Its exit is noticed by the loop in which it was made, whether or not anybody waits, and
 * whoever holds its pipes. While it runs it keeps that loop alive.
 */
export class Process {
  readonly #pipes: ProcessPipes
  readonly #output: LinesOutput
  readonly #exit: Exit
  readonly #followers: Followers | undefined
  readonly #grace: number
  /** The terminal that the process runs in; null unless the option `pty` asked for one. */
  readonly pty: Pty | null

  /** @internal */
  constructor(start: Start, exit: Exit, followers: Followers | undefined) {
    const { loop, options, stdio, streams, foreground } = start
    const { signal, limit, grace = defaultGrace } = options
    this.pty = options.terminal ?? null
    // Nobody is there to catch it, and it must not end this process.
    const reporting = (act: () => unknown): void => {
      try {
        act()
      } catch (exception) {
        loop.callExceptionHandler({ message: `Cannot end ${this.toString()}`, exception })
      }
    }
    const terminate = (): void => reporting(() => this.terminate())
    this.#exit = exit
    this.#followers = followers
    this.#grace = grace
    this.#pipes = new ProcessPipes(loop, stdio, streams, limit)
    this.#output = linesOutput(this.#pipes, options)
    signal?.addEventListener('abort', terminate)
    exit.whenEnded(() => {
      signal?.removeEventListener('abort', terminate)
      // A closed loop has killed the process, and nobody will see to the others.
      reporting(() => followers?.signal(loop.isClosed() ? SIGKILL : 0))
      foreground?.takeBack(exit.pid)
      this.pty?.letGo()
    })
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

  /** What it has used; null while it runs. */
  get usage(): ProcessUsage | null {
    return this.#exit.usage
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
   * their ends, also into streams that were given as options; waits for the exit. Gives all
   * that was read, null for what is no pipe.
   *
   * A process that does not read its input to the end is no error; the rest of an input
   * that comes in pieces is not taken then. Cancelling gives up the wait, and what was read
   * is lost; the process goes on.
   *
   * @throws TypeError if there is an input and stdin is no pipe, or if there is a terminal;
   *   what the input throws.
   */
  communicate(input?: ProcessInput): Coroutine<[stdout: Buffer | null, stderr: Buffer | null]> {
    if (input !== undefined) requireInput(input)
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
   * What the process writes, line by line as it comes, from stdout and stderr, those that
   * are pipes; with the option `pty` also what the terminal shows, as lines from 'stdout',
   * or from 'stderr' if only that is the terminal. The readers belong to it until it is
   * closed.
   *
   * @throws TypeError if there is no such output; InvalidStateError if its lines are being
   *   read already.
   */
  lines(options: ProcessLinesOptions = {}): ProcessLines {
    return new ProcessLines(this.#output, options)
  }

  /**
   * Sends a signal, by name or number. A process that has ended gets none: no other
   * process with the same number is ever hit.
   *
   * @throws OSError with EPERM if it is a program with other rights, such as a setuid one.
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
   * Sends a signal to everyone in the process's group, with `tree: true` to everyone in its
   * tree; signal 0 only looks. They may outlive the process. A group keeps its number as
   * long as somebody is in it.
   *
   * @returns whether anybody is there; in a group that may be a zombie that nobody reaps.
   * @throws InvalidStateError if the process is in a group that is somebody else's: it was
   *   given `processGroup`, or a terminal.
   */
  signalGroup(signal: NodeJS.Signals | number): boolean {
    const number = signalNumber(signal)
    if (this.#followers === undefined) {
      throw new InvalidStateError(
        `${this.toString()} has no group of its own: give it one with processGroup: 0.`,
      )
    }
    return this.#followers.signal(number)
  }

  /**
   * Ends the process: SIGTERM, after `grace` milliseconds SIGKILL; waits for the exit, and
   * closes the pipes; what has come out of them can still be read. That is done to the
   * whole process group, if it is the process's own, and also to what is left of it after
   * the process; with `tree: true` to the whole tree. Cancelled meanwhile, kills at once.
   *
   * A process with a terminal gets SIGHUP beside SIGTERM, which shells ignore, and SIGCONT in
   * case it is stopped; then the terminal is closed.
   *
   * @param options the default of `grace` is the option that the process was made with.
   * @throws OSError with EPERM if this process may not end those who are left. They live on,
   *   without the pipes.
   */
  close(options: { readonly grace?: number } = {}): Coroutine<number> {
    const { grace = this.#grace } = options
    requireGrace(grace)
    return coroutine(this.#end(grace))
  }

  /** Leaving a scope, by `await using` or `using()`, ends the process as {@link close} does. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return coroutine(this.#dispose())
  }

  toString(): string {
    const state = this.returncode === null ? 'running' : `ended with ${this.returncode}`
    return `<Process ${this.pid} ${state}>`
  }

  *#dispose(): Gen<void> {
    yield* this.#end(this.#grace)
  }

  *#end(grace: number): Gen<number> {
    try {
      const code = yield* endProcess(this.#exit, this.#followers, grace, this.pty !== null)
      yield* this.#pipes.readRest()
      if (this.pty !== null) yield* this.pty.readRest()
      return code
    } finally {
      this.#pipes.close()
      this.pty?.close()
    }
  }
}
