import { FD_SETSIZE, osError, select } from '@tsyncio/syscalls'
import { deadlineAfter, mustGoOn, timeLeft } from './deadline.js'

// Checked here for its message; the native part refuses such an fd too, since
// FD_SET beyond the set is memory corruption.
function checkFits(fds: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    if (fds[i]! >= FD_SETSIZE) {
      throw new RangeError(
        `select(): fd ${fds[i]} does not fit, the highest is ${FD_SETSIZE - 1}: use poll or epoll`,
      )
    }
  }
}

/**
 * `select(2)` for the first so many fds of three arrays, in which those that are not
 * ready become -1. Goes on after a signal; never returns early.
 *
 * @returns how many are ready.
 */
export function waitForSets(
  reads: Int32Array,
  readCount: number,
  writes: Int32Array,
  writeCount: number,
  excepts: Int32Array,
  exceptCount: number,
  wait: number,
): number {
  checkFits(reads, readCount)
  checkFits(writes, writeCount)
  checkFits(excepts, exceptCount)
  const deadline = deadlineAfter(wait)
  // What the kernel has emptied it must be given again.
  const again = [
    reads.slice(0, readCount),
    writes.slice(0, writeCount),
    excepts.slice(0, exceptCount),
  ] as const
  let count = select(reads, readCount, writes, writeCount, excepts, exceptCount, wait)
  while (mustGoOn(count, deadline)) {
    reads.set(again[0])
    writes.set(again[1])
    excepts.set(again[2])
    count = select(reads, readCount, writes, writeCount, excepts, exceptCount, timeLeft(deadline))
  }
  if (count < 0) throw osError(count, 'select')
  return count
}
