import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * Has the number of a signal written to `fd`, as one byte, whenever the process gets
 * it. A handler that was there before (Node's) runs too. Watching again changes the fd.
 *
 * A handler that Node installs later (`process.on('SIGINT')`) replaces this one: watch
 * after it, or instead of it.
 *
 * @param fd a pipe or a socket, non-blocking. It must stay open until {@link signalUnwatch}.
 * @returns 0, or `-errno`: `-EBUSY` when another thread watches it, `-EINVAL` for a fd that
 * blocks and for what cannot be watched (`SIGKILL`, `SIGSTOP`, and the faults `SIGSEGV`,
 * `SIGBUS`, `SIGFPE`, `SIGILL`).
 */
export function signalWatch(signal: number, fd: number): number {
  return checked(addon.signalWatch(signal, fd), 'signalWatch(signal, fd)')
}

/**
 * Puts back what a signal did before {@link signalWatch}. After it nothing more is
 * written, and the fd may be closed.
 *
 * @returns 0, or `-ENOENT` when this thread does not watch the signal.
 */
export function signalUnwatch(signal: number): number {
  return checked(addon.signalUnwatch(signal), 'signalUnwatch(signal)')
}
