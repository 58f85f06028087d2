import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** Where what lies among the words of {@link tcgetattr}; `terminal.c` has the same list. */
export const TermiosWord = {
  /** `c_iflag` */
  input: 0,
  /** `c_oflag` */
  output: 1,
  /** `c_cflag` */
  control: 2,
  /** `c_lflag` */
  local: 3,
  /** `c_cc[0]`, behind which come the others: `characters + VMIN` */
  characters: 4,
} as const

/**
 * Opens a pair of terminals, as `openpty(3)` does but without a helper program: 0 or
 * `-errno`. Both fds are close-on-exec, and neither becomes a controlling terminal.
 *
 * @param out takes the controller (`/dev/ptmx`), which is non-blocking; the terminal, which
 * is not; and the N of the terminal's path `/dev/pts/N`.
 *
 * @example
 * ```ts
 * import { close, isatty, openpty } from '@tsyncio/syscalls'
 *
 * const out = new Int32Array(3)
 * openpty(out)
 * console.log(isatty(out[1]!)) // 1
 * for (const fd of out.subarray(0, 2)) close(fd)
 * ```
 */
export function openpty(out: Int32Array): number {
  return checked(addon.openpty(out), 'openpty(out)')
}

/** `TIOCGWINSZ` (`ioctl_tty(2)`): 0 or `-errno`; `out` takes columns and rows. */
export function getWindowSize(fd: number, out: Int32Array): number {
  return checked(addon.getWindowSize(fd, out), 'getWindowSize(fd, out)')
}

/**
 * `TIOCSWINSZ` (`ioctl_tty(2)`): 0 or `-errno`. If the size changes, the kernel sends
 * SIGWINCH to the terminal's foreground group. Both are from 0 to 65535.
 */
export function setWindowSize(fd: number, columns: number, rows: number): number {
  return checked(addon.setWindowSize(fd, columns, rows), 'setWindowSize(fd, columns, rows)')
}

/**
 * `tcgetattr(3)`: 0 or `-errno`. At a pair's controller it is the terminal's.
 *
 * @param out takes `TERMIOS_WORDS` words, see {@link TermiosWord}.
 *
 * @example
 * ```ts
 * import { close, ECHO, openpty, tcgetattr } from '@tsyncio/syscalls'
 * import { TCSANOW, tcsetattr, TERMIOS_WORDS, TermiosWord } from '@tsyncio/syscalls'
 *
 * const [fds, mode] = [new Int32Array(3), new Int32Array(TERMIOS_WORDS)]
 * openpty(fds)
 * tcgetattr(fds[1]!, mode)
 * console.log((mode[TermiosWord.local]! & ECHO) !== 0) // true
 * mode[TermiosWord.local]! &= ~ECHO
 * console.log(tcsetattr(fds[1]!, TCSANOW, mode)) // 0
 * for (const fd of fds.subarray(0, 2)) close(fd)
 * ```
 */
export function tcgetattr(fd: number, out: Int32Array): number {
  return checked(addon.tcgetattr(fd, out), 'tcgetattr(fd, out)')
}

/**
 * `tcsetattr(3)`: 0 or `-errno`. The speeds stay as they are. In a process that is in the
 * background of the terminal it raises SIGTTOU.
 *
 * @param when `TCSANOW`, `TCSADRAIN` or `TCSAFLUSH`.
 * @param words as {@link tcgetattr} gives them.
 */
export function tcsetattr(fd: number, when: number, words: Int32Array): number {
  return checked(addon.tcsetattr(fd, when, words), 'tcsetattr(fd, when, words)')
}

/** `isatty(3)`: 1, or `-errno`; that is `-ENOTTY` for what is no terminal. */
export function isatty(fd: number): number {
  return checked(addon.isatty(fd), 'isatty(fd)')
}
