import { requireInput, type ProcessInput } from '../input/process-input.js'
import { requireBoolean } from '../require-boolean.js'
import { requireInteger, requireMilliseconds } from '../require-number.js'
import type { OutputOption, StdinOption } from '../stdio-option.js'
import type { SubprocessOptions } from '../subprocess-options.js'
import type { OutputEncoding } from './captured-output.js'

/** How a program is run: what {@link SubprocessOptions} has, with other defaults, and more. */
export interface RunProcessOptions extends SubprocessOptions {
  /** What it reads. */
  readonly input?: ProcessInput | undefined
  /** Default: the `input`; without one 'null', so that it reads nothing. */
  readonly stdin?: StdinOption | undefined
  /** Default: 'pipe', to be read into the result. */
  readonly stdout?: OutputOption | undefined
  /** Default: 'pipe', to be read into the result. */
  readonly stderr?: OutputOption | 'stdout' | undefined
  /** Whether stderr goes where stdout goes, in order: `stderr: STDOUT`. Default: false. */
  readonly merge?: boolean | undefined
  /** Whether the output is given as text or as bytes. Default: 'utf8'. */
  readonly encoding?: OutputEncoding | undefined
  /** How many bytes it may write to what is read here, in all. Default: 100 MiB. */
  readonly maxOutput?: number | undefined
  /** Whether anything but an exit with 0 is an error. Default: true. */
  readonly check?: boolean | undefined
  /** Milliseconds after which it is ended; null, the default, for never. */
  readonly timeout?: number | null | undefined
  /** Milliseconds between SIGTERM and SIGKILL when it is ended. Default: 5000. */
  readonly grace?: number | undefined
  /** Ends it when aborted; the signal's reason is thrown when it has ended. */
  readonly signal?: AbortSignal | undefined
}

/** 100 MiB. */
export const defaultMaxOutput = 104_857_600

/** @throws TypeError or RangeError, with the option's name, for what concerns running alone. */
export function requireRunOptions(options: RunProcessOptions): void {
  const { input, stdin, stderr, encoding, merge } = options
  if (input !== undefined) {
    requireInput(input)
    if (stdin !== undefined && stdin !== 'pipe')
      throw new TypeError('There is an input, and the option "stdin" is something else.')
  }
  if (encoding !== undefined && encoding !== 'utf8' && encoding !== 'buffer') {
    throw new TypeError(
      `Expected 'utf8' or 'buffer' for the option "encoding", got ${String(encoding)}.`,
    )
  }
  requireBoolean(merge, 'merge')
  requireBoolean(options.check, 'check')
  if (merge === true && stderr !== undefined && stderr !== 'stdout')
    throw new TypeError('The option "merge" cannot be combined with another "stderr".')
  requireInteger(options.maxOutput, 0, 'maxOutput')
  requireMilliseconds(options.timeout, 'timeout')
  if (options.grace === null) throw new TypeError('Expected milliseconds for "grace", got null.')
  requireMilliseconds(options.grace, 'grace')
}
