import { getWindowSize, setWindowSize } from '@tsyncio/syscalls'

import { requireFd, type FdLike } from '../sockets/fd-like.js'
import { terminalError } from './terminal-error.js'

const most = 65_535

/** How large a terminal is, in characters: from 0, which is not known, to 65535. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/**
 * How large a terminal is (Python's `os.get_terminal_size`, `ioctl_tty(2)`).
 *
 * @throws OSError with ENOTTY if it is no terminal.
 * @example
 * ```ts
 * import { openPty, run, getTerminalSize } from 'tsyncio'
 *
 * await run(async () => {
 *   await using pty = openPty({ columns: 132, rows: 43 })
 *   console.log(getTerminalSize(pty.fd)) // { columns: 132, rows: 43 }
 * })
 * ```
 */
export function getTerminalSize(fd: FdLike): TerminalSize {
  const number = requireFd(fd)
  const size = new Int32Array(2)
  const result = getWindowSize(number, size)
  if (result < 0) throw terminalError(result, 'ioctl TIOCGWINSZ', number)
  const [columns, rows] = size as unknown as [number, number]
  return { columns, rows }
}

/**
 * Says how large a terminal is. When that changes, the kernel sends SIGWINCH to the
 * terminal's foreground group.
 *
 * @throws OSError with ENOTTY if it is no terminal; TypeError or RangeError for what is no
 *   size.
 */
export function setTerminalSize(fd: FdLike, size: TerminalSize): void {
  const number = requireFd(fd)
  requireTerminalSize(size)
  const result = setWindowSize(number, size.columns, size.rows)
  if (result < 0) throw terminalError(result, 'ioctl TIOCSWINSZ', number)
}

/** @throws TypeError or RangeError for what is no size. */
function requireTerminalSize(size: TerminalSize): void {
  if (typeof size !== 'object' || size === null)
    throw new TypeError(`Expected { columns, rows }, got ${String(size)} (${typeof size}).`)
  for (const name of ['columns', 'rows'] as const) {
    const value: unknown = size[name]
    if (typeof value !== 'number')
      throw new TypeError(
        `Expected a number for "${name}", got ${String(value)} (${typeof value}).`,
      )
    if (!Number.isInteger(value) || value < 0 || value > most)
      throw new RangeError(`Expected an integer from 0 to ${most} for "${name}", got ${value}.`)
  }
}
