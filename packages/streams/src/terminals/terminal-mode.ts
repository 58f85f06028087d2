import {
  BRKINT,
  CS8,
  CSIZE,
  ECHO,
  ECHONL,
  ICANON,
  ICRNL,
  IEXTEN,
  IGNBRK,
  IGNCR,
  INLCR,
  ISIG,
  ISTRIP,
  IXON,
  OPOST,
  PARENB,
  PARMRK,
  TCSANOW,
  tcgetattr,
  tcsetattr,
  TERMIOS_WORDS,
  TermiosWord,
  VMIN,
  VTIME,
} from '@tsyncio/syscalls'

import { requireFd, type FdLike } from '../sockets/fd-like.js'
import { terminalError } from './terminal-error.js'

const { input, output, control, local, characters } = TermiosWord

/** What a terminal does with what is typed and what is written. */
export interface TerminalMode {
  /**
   * Bytes go through as they are, one by one: there are no lines to edit, no Ctrl-C, and
   * no `\r` before a `\n` (`cfmakeraw(3)`). Otherwise the usual.
   */
  readonly raw: boolean
  /** Whether what is typed is shown. */
  readonly echo: boolean
}

/**
 * What a terminal does with what is typed (`termios(3)`). A program that asks for a
 * password has turned `echo` off.
 *
 * @throws OSError with ENOTTY if it is no terminal.
 */
export function getTerminalMode(fd: FdLike): TerminalMode {
  const flags = read(requireFd(fd))[local] as number
  return { raw: (flags & (ICANON | ISIG)) === 0, echo: (flags & ECHO) !== 0 }
}

/**
 * Changes what a terminal does with what is typed; what is left out stays, but `raw` brings
 * its own `echo`: off, or on again. The result puts back what was before, all of it.
 *
 * A process in the terminal's background is stopped for it (SIGTTOU).
 *
 * @throws OSError with ENOTTY if it is no terminal; TypeError for what is no boolean.
 * @example
 * ```ts
 * import { getTerminalMode, openPty, run, setTerminalMode } from 'tsyncio'
 *
 * await run(async () => {
 *   await using pty = openPty()
 *   {
 *     using _ = setTerminalMode(pty.fd, { raw: true })
 *     console.log(getTerminalMode(pty.fd)) // { raw: true, echo: false }
 *   }
 *   console.log(getTerminalMode(pty.fd)) // { raw: false, echo: true }
 * })
 * ```
 */
export function setTerminalMode(fd: FdLike, mode: Partial<TerminalMode>): Disposable {
  const number = requireFd(fd)
  requireTerminalMode(mode)
  const before = read(number)
  const words = before.slice()
  if (mode.raw === true) makeRaw(words)
  else if (mode.raw === false) makeUsual(words)
  if (mode.echo !== undefined) change(words, local, mode.echo ? 0 : ECHO, mode.echo ? ECHO : 0)
  write(number, words)
  return { [Symbol.dispose]: () => write(number, before) }
}

/** @throws TypeError for what is no part of a {@link TerminalMode}. */
function requireTerminalMode(mode: Partial<TerminalMode>): void {
  if (typeof mode !== 'object' || mode === null)
    throw new TypeError(`Expected { raw, echo }, got ${String(mode)} (${typeof mode}).`)
  for (const name of ['raw', 'echo'] as const) {
    const value: unknown = mode[name]
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`Expected a boolean for "${name}", got ${typeof value}.`)
  }
}

function read(fd: number): Int32Array {
  const words = new Int32Array(TERMIOS_WORDS)
  const result = tcgetattr(fd, words)
  if (result < 0) throw terminalError(result, 'tcgetattr', fd)
  return words
}

function write(fd: number, words: Int32Array): void {
  const result = tcsetattr(fd, TCSANOW, words)
  if (result < 0) throw terminalError(result, 'tcsetattr', fd)
}

function change(words: Int32Array, word: number, off: number, on: number): void {
  words[word] = ((words[word] as number) & ~off) | on
}

function makeRaw(words: Int32Array): void {
  change(words, input, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON, 0)
  change(words, output, OPOST, 0)
  change(words, control, CSIZE | PARENB, CS8)
  change(words, local, ECHO | ECHONL | ICANON | ISIG | IEXTEN, 0)
  words[characters + VMIN] = 1
  words[characters + VTIME] = 0
}

function makeUsual(words: Int32Array): void {
  change(words, input, IGNCR | INLCR, ICRNL | IXON)
  change(words, output, 0, OPOST)
  change(words, local, 0, ECHO | ICANON | ISIG | IEXTEN)
}
