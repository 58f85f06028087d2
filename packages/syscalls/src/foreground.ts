import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * `tcgetpgrp(3)`: the process group in the foreground of this process's terminal, or of one
 * whose other side `fd` is; 0 for none.
 */
export function tcgetpgrp(fd: number): number {
  return checked(addon.tcgetpgrp(fd), 'tcgetpgrp(fd)')
}

/**
 * `tcsetpgrp(3)`, with SIGTTOU blocked in this thread: a group in the background may take
 * the terminal without being stopped.
 */
export function tcsetpgrp(fd: number, group: number): number {
  return checked(addon.tcsetpgrp(fd, group), 'tcsetpgrp(fd, group)')
}

/** `getpgid(2)`: the group of a process; 0 is this one. */
export function getpgid(pid: number): number {
  return checked(addon.getpgid(pid), 'getpgid(pid)')
}
