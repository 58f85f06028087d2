import { FD_SETSIZE } from '@tsyncio/syscalls'
import { timeoutOf } from './deadline.js'
import { fileno, type FileDescriptorLike } from './file-descriptor.js'
import { waitForSets } from './wait-for-sets.js'

function listOf<T>(objects: Iterable<T>, name: string): T[] {
  if (typeof objects !== 'object' || objects === null || !(Symbol.iterator in objects)) {
    throw new TypeError(`select(): ${name} must be an array or another iterable of file objects`)
  }
  // A copy, as fileno() is the objects' own code and may change the array.
  const list = [...objects]
  if (list.length > FD_SETSIZE) {
    throw new RangeError(
      `select(): ${name} has ${list.length} file objects, the most is ${FD_SETSIZE}`,
    )
  }
  return list
}

function checkedTimeout(timeout: number | null | undefined): number {
  const wait = timeoutOf(timeout)
  if (wait < 0) throw new RangeError(`select(): timeout must not be negative: got ${wait}`)
  return wait
}

function descriptorsOf(list: readonly FileDescriptorLike[]): Int32Array {
  return Int32Array.from(list, fileno)
}

function readyOf<T>(list: T[], fds: Int32Array): T[] {
  return list.filter((_, i) => fds[i] !== -1)
}

/**
 * `select(2)`, as Python's `select.select`: waits until at least one of the file
 * objects is ready for reading, for writing, or has an exceptional condition (urgent
 * data on a TCP socket). A signal does not end the wait. Three empty lists just wait.
 *
 * @param timeout milliseconds, fractions honoured, never early. `null` or left out
 *   waits for ever, 0 only looks.
 * @returns of each list the objects that are ready, themselves and in their order.
 * @throws TypeError if a list is not iterable or holds something that is no file object.
 * @throws RangeError if an fd is negative, or 1,024 or more, if a list is longer than
 *   that, or if `timeout` is negative or NaN.
 * @throws OSError `EBADF` if an fd is not open.
 *
 * @example
 * ```ts
 * import { select } from '@tsyncio/selectors'
 *
 * const [, writable] = select([], [process.stdout], [], 1000)
 * console.log(writable[0] === process.stdout) // true
 * ```
 */
export function select<
  R extends FileDescriptorLike,
  W extends FileDescriptorLike,
  X extends FileDescriptorLike,
>(
  reads: Iterable<R>,
  writes: Iterable<W>,
  excepts: Iterable<X>,
  timeout?: number | null,
): [readable: R[], writable: W[], exceptional: X[]] {
  const wait = checkedTimeout(timeout)
  const readers = listOf(reads, 'reads')
  const writers = listOf(writes, 'writes')
  const others = listOf(excepts, 'excepts')
  const r = descriptorsOf(readers)
  const w = descriptorsOf(writers)
  const x = descriptorsOf(others)
  waitForSets(r, r.length, w, w.length, x, x.length, wait)
  return [readyOf(readers, r), readyOf(writers, w), readyOf(others, x)]
}
