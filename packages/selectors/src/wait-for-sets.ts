import { EBADF, F_GETFD, fcntl, FD_SETSIZE, osError, select } from '@tsyncio/syscalls'
import { deadlineAfter, mustGoOn, timeLeft } from './deadline.js'

function highestOf(fds: Int32Array, count: number): number {
  let highest = -1
  for (let i = 0; i < count; i++) highest = Math.max(highest, fds[i]!)
  return highest
}

// The native part too refuses an fd beyond the set, which would corrupt memory; here it
// is for the message. An fd above all that the process ever had open is no EBADF to
// select(2): it never looks there, waits, and leaves it in the set as if it were ready.
function checkHighest(fd: number): void {
  if (fd >= FD_SETSIZE) {
    throw new RangeError(
      `select(): fd ${fd} does not fit, the highest is ${FD_SETSIZE - 1}: use poll or epoll`,
    )
  }
  if (fd >= 0 && fcntl(fd, F_GETFD, 0) < 0) throw osError(-EBADF, 'select')
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
  checkHighest(
    Math.max(
      highestOf(reads, readCount),
      highestOf(writes, writeCount),
      highestOf(excepts, exceptCount),
    ),
  )
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
