/** The stream is connected to this process: asyncio's `subprocess.PIPE`. */
export const PIPE = 'pipe'
/** What is written to stderr goes where stdout goes: asyncio's `subprocess.STDOUT`. */
export const STDOUT = 'stdout'
/** The stream is `/dev/null`: asyncio's `subprocess.DEVNULL`. */
export const DEVNULL = 'null'

/**
 * What a child's stdin or stdout is: connected to this process, the same as this process
 * has, `/dev/null`, or an fd of this process, which stays open.
 */
export type StdioOption = 'pipe' | 'inherit' | 'null' | number

const names: readonly unknown[] = ['pipe', 'inherit', 'null']

/** @throws TypeError or RangeError for what is no {@link StdioOption}. */
export function requireStdio(value: unknown, option: 'stdin' | 'stdout' | 'stderr'): void {
  if (names.includes(value) || (option === 'stderr' && value === STDOUT)) return
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return
    throw new RangeError(`Expected an fd for the option "${option}", got ${value}.`)
  }
  throw new TypeError(
    `Expected 'pipe', 'inherit', 'null'${option === 'stderr' ? ", 'stdout'" : ''} or an fd ` +
      `for the option "${option}", got ${String(value)} (${typeof value}).`,
  )
}
