import type { SubprocessOptions } from '../subprocess-options.js'
import { openPty } from './open-pty.js'
import type { Pty } from './pty.js'

/** Options of a child whose terminal, if it is to have one, is open. */
export interface TerminalOptions extends SubprocessOptions {
  /** The child leads a session of its own, whose terminal this is. */
  readonly terminal: Pty | undefined
}

/** The terminal that a child is started in, if its options ask for one. */
export class ChildTerminal {
  readonly options: TerminalOptions

  /** @throws OSError if there is none left. */
  constructor(options: SubprocessOptions) {
    this.options = withTerminal(options)
  }

  /** The child has its side: it is closed here, so that the end can be seen. */
  entered(): void {
    this.options.terminal?.closeTerminal()
  }

  /** There is no child. */
  abandon(): void {
    this.options.terminal?.close()
  }
}

/** Which of the child's fds is its terminal; undefined for none. */
export function terminalIndex(
  terminal: Pty | undefined,
  fds: readonly number[],
): number | undefined {
  return terminal === undefined ? undefined : fds.indexOf(terminal.fd)
}

function withTerminal(options: SubprocessOptions): TerminalOptions {
  const { pty = false } = options
  if (pty === false) return { ...options, terminal: undefined }
  const terminal = openPty(pty === true ? {} : pty)
  const { stdin = terminal.fd, stdout = terminal.fd, stderr = terminal.fd } = options
  return { ...options, stdin, stdout, stderr, startNewSession: true, terminal }
}
