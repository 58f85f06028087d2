import type { SubprocessOptions } from '../subprocess-options.js'
import { requirePtyOptions } from './pty-options.js'

/** @throws TypeError or RangeError for a `pty` that is none, or does not go with the rest. */
export function requirePty(options: SubprocessOptions): void {
  const { pty, stdin, stdout, stderr } = options
  if (pty === undefined || pty === false) return
  if (pty !== true) requirePtyOptions(pty)
  for (const name of ['processGroup', 'startNewSession'] as const) {
    if (options[name] === undefined) continue
    throw new TypeError(
      `The option "${name}" cannot be combined with "pty": who has a terminal leads a session of its own.`,
    )
  }
  if (![stdin, stdout, stderr].includes(undefined)) {
    throw new TypeError(
      'The option "pty" needs one of "stdin", "stdout" and "stderr" to be left out: that is the terminal.',
    )
  }
}
