import type { StreamReaderOptions, TerminalSize } from '@tsyncio/streams'

import { requireBoolean } from '../require-boolean.js'

/** What a terminal is like at first. */
export interface PtyOptions extends StreamReaderOptions {
  /** Default: 80. From 0, which programs take for unknown, to 65535. */
  readonly columns?: number | undefined
  /** Default: 24. */
  readonly rows?: number | undefined
  /** Lets every byte through as it is, and echoes none. Default: false, as a shell has it. */
  readonly raw?: boolean | undefined
  /** Whether what is typed is shown. Default: true, unless `raw` is. */
  readonly echo?: boolean | undefined
}

const most = 65_535

/** @throws TypeError or RangeError, with the option's name. */
export function requirePtyOptions(options: PtyOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`Expected an object with options, got ${String(options)}.`)
  for (const name of ['columns', 'rows'] as const) requireLength(options[name], name)
  for (const name of ['raw', 'echo'] as const) requireBoolean(options[name], name)
}

/** The size that the options name. */
export function sizeOf({ columns = 80, rows = 24 }: PtyOptions): TerminalSize {
  return { columns, rows }
}

function requireLength(value: unknown, option: string): void {
  if (value === undefined) return
  if (typeof value !== 'number') {
    throw new TypeError(`Expected a number for the option "${option}", got ${typeof value}.`)
  }
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(
      `Expected an integer from 0 to ${most} for the option "${option}", got ${value}.`,
    )
  }
}
