/** Ticks a second of the CPU times in `/proc`: `USER_HZ`, which is 100 wherever Linux has a binary of ours. */
export const TICKS_PER_SECOND = 100

export interface CpuTime {
  /** Seconds. */
  readonly user: number
  /** Seconds. */
  readonly system: number
}

// proc_pid_stat(5) numbers its fields from 1; the program's name, field 2, is in
// parentheses and may contain both spaces and parentheses.
const FIRST_AFTER_NAME = 3
const UTIME = 14
const STIME = 15

/**
 * The CPU time of a process, all its threads together, out of a line of `/proc/PID/stat`.
 *
 * @throws Error if the line is not one.
 */
export function parseProcStat(line: string): CpuTime {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const seconds = (field: number) => Number(fields[field - FIRST_AFTER_NAME]) / TICKS_PER_SECOND
  const time = { user: seconds(UTIME), system: seconds(STIME) }
  if (!line.includes(')') || Number.isNaN(time.user) || Number.isNaN(time.system)) {
    throw new Error(`Not a line of /proc/PID/stat: "${line.slice(0, 80)}"`)
  }
  return time
}
