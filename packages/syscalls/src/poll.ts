import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * `ppoll(2)`: the number of ready entries, or `-errno`. `fds` holds `struct pollfd`s:
 * word `2i` is the fd, word `2i+1` the interest in its low half; the kernel writes the
 * ready bits into the high half (`fds[2 * i + 1] >>> 16`).
 *
 * @param timeout milliseconds, fractions honoured; negative waits for ever.
 */
export function poll(fds: Int32Array, count: number, timeout: number): number {
  return checked(addon.poll(fds, count, timeout), 'poll(fds, count, timeout)')
}
