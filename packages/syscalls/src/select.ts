import { checked } from './checked.js'
import { addon } from './load-addon.js'

/**
 * `pselect(2)`: the number of ready fds, or `-errno`. In each array the fds that are
 * not ready become -1. An fd of 1,024 or more is a RangeError before the kernel sees it.
 *
 * @param timeout milliseconds, fractions honoured; negative waits for ever.
 */
export function select(
  reads: Int32Array,
  readCount: number,
  writes: Int32Array,
  writeCount: number,
  excepts: Int32Array,
  exceptCount: number,
  timeout: number,
): number {
  return checked(
    addon.select(reads, readCount, writes, writeCount, excepts, exceptCount, timeout),
    'select(reads, readCount, writes, writeCount, excepts, exceptCount, timeout)',
  )
}
