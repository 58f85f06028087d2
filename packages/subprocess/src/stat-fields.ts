import { readFileSync } from 'node:fs'

/**
 * What `/proc/PID/stat` says after the name, which may contain anything: state, parent,
 * group, session. Nothing for a process that has ended.
 */
export function statFields(pid: number | string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
