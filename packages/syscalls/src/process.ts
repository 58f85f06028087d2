import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** `pidfd_open(2)`: an fd for a process, readable when it has ended; or `-errno`. */
export function pidfdOpen(pid: number, flags: number): number {
  return checked(addon.pidfdOpen(pid, flags), 'pidfdOpen(pid, flags)')
}

/** `pidfd_send_signal(2)`: 0 or `-errno`. Never hits another process that got the same pid. */
export function pidfdSendSignal(pidfd: number, signal: number): number {
  return checked(addon.pidfdSendSignal(pidfd, signal), 'pidfdSendSignal(pidfd, signal)')
}

/**
 * `waitid(2)`: 0 or `-errno`. Without `WNOHANG` it blocks the thread, which then cannot
 * be terminated: wait until the pidfd is readable first.
 *
 * @param out takes the pid (0: with `WNOHANG`, nobody has ended), the code (`CLD_EXITED`,
 * `CLD_KILLED`, ...) and the status (exit code or signal); with room for 6 words also
 * user and system time in milliseconds, and the most memory it had in KiB.
 */
export function waitid(idType: number, id: number, out: Int32Array, options: number): number {
  return checked(addon.waitid(idType, id, out, options), 'waitid(idType, id, out, options)')
}

/** `kill(2)`: 0 or `-errno`. A negative pid is a process group. */
export function kill(pid: number, signal: number): number {
  return checked(addon.kill(pid, signal), 'kill(pid, signal)')
}

/** `getpid(2)`. */
export function getpid(): number {
  return addon.getpid()
}
