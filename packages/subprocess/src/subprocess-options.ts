import { requireChildOptions, type ChildOptions } from './child-options.js'
import type { PtyOptions } from './pty/pty-options.js'
import { requirePty } from './pty/require-pty.js'
import { requireInteger } from './require-number.js'
import { requireText } from './require-text.js'
import { requireStdio } from './require-stdio.js'
import type { OutputOption, StdinOption } from './stdio-option.js'

/** How a process is started; everything has a default. */
export interface SubprocessOptions extends ChildOptions {
  /** Default, as for all three: 'inherit', the same as this process has. */
  readonly stdin?: StdinOption | undefined
  readonly stdout?: OutputOption | undefined
  /** `'stdout'`: where stdout goes. */
  readonly stderr?: OutputOption | 'stdout' | undefined
  /** The folder in which the process begins; default: this process's. */
  readonly cwd?: string | undefined
  /** All variables of the process; default: this process's. Those that are undefined are left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** What the process is told that its name is; default: the program. */
  readonly argv0?: string | undefined
  /** How many bytes of a line its readers hold; default: as the streams have it. */
  readonly limit?: number | undefined
  /** Makes the process the head of a session, and so of a group, of its own: `setsid(2)`. */
  readonly startNewSession?: boolean | undefined
  /**
   * The process group that it enters; 0 for one of its own: `setpgid(2)`. 'inherit' is the
   * group of this process. Default: 'inherit' for a process that has a terminal as stdin,
   * stdout or stderr, since it would be stopped in another group; 0 for every other. With 0,
   * a stdin that is this process's terminal is lent: the group gets the foreground until the
   * process ends.
   */
  readonly processGroup?: number | 'inherit' | undefined
  /**
   * Whether all descendants of the process belong to it, those that have left its group and
   * session included. They end with it, and when this process ends, however that happens.
   * A small native process, the guardian, sees to that.
   */
  readonly tree?: boolean | undefined
  /**
   * How many milliseconds the process is given between SIGTERM and SIGKILL when its scope is
   * left or it is closed. Default: 5000.
   */
  readonly grace?: number | undefined
  /**
   * Runs the process in a terminal of its own, as the leader of a session; `process.pty` is
   * the other side of it. Those of stdin, stdout and stderr that are left out are the
   * terminal. `true` is `{ columns: 80, rows: 24 }`.
   */
  readonly pty?: boolean | PtyOptions | undefined
  /**
   * Aborted before the process is there, rejects the creation with the signal's reason;
   * aborted later, sends SIGTERM as `terminate()` does.
   */
  readonly signal?: AbortSignal | undefined
}

const mostInt = 2 ** 31 - 1

function got(value: unknown): string {
  return `got ${String(value)} (${typeof value})`
}

function requireEnv(env: unknown): void {
  if (env === undefined) return
  if (typeof env !== 'object' || env === null) {
    throw new TypeError(`Expected an object for the option "env", ${got(env)}.`)
  }
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) requireText(value, `"${name}" of the option "env"`)
    requireText(name, 'a name in the option "env"')
    if (name.includes('=')) {
      throw new TypeError(`Expected names without "=" in the option "env", got "${name}".`)
    }
  }
}

function requireFlag(value: unknown, option: string): void {
  if (value === undefined || typeof value === 'boolean') return
  throw new TypeError(`Expected a boolean for the option "${option}", ${got(value)}.`)
}

/** @throws TypeError or RangeError for what is no time. */
export function requireGrace(grace: unknown): void {
  if (typeof grace !== 'number') {
    throw new TypeError(`Expected milliseconds for the option "grace", got ${typeof grace}.`)
  }
  if (!(grace >= 0)) {
    throw new RangeError(`Expected milliseconds for the option "grace", got ${grace}.`)
  }
}

/** @throws TypeError or RangeError, with the option's name. */
export function requireOptions(options: SubprocessOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Expected an object with options, ${got(options)}.`)
  }
  const { stdin, stdout, stderr, cwd, argv0, startNewSession, signal } = options
  if (stdin !== undefined) requireStdio(stdin, 'stdin')
  if (stdout !== undefined) requireStdio(stdout, 'stdout')
  if (stderr !== undefined) requireStdio(stderr, 'stderr')
  if (cwd !== undefined) requireText(cwd, 'the option "cwd"')
  if (argv0 !== undefined) requireText(argv0, 'the option "argv0"')
  requireEnv(options.env)
  requireChildOptions(options)
  requireInteger(options.limit, 1, 'limit', mostInt)
  if (options.processGroup !== 'inherit')
    requireInteger(options.processGroup, 0, 'processGroup', mostInt)
  requireFlag(startNewSession, 'startNewSession')
  requireFlag(options.tree, 'tree')
  if (options.grace !== undefined) requireGrace(options.grace)
  requirePty(options)
  if (startNewSession === true && options.processGroup !== undefined) {
    throw new TypeError(
      'The option "processGroup" cannot be combined with "startNewSession": a session begins a group of its own.',
    )
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`Expected an AbortSignal for the option "signal", ${got(signal)}.`)
  }
}
