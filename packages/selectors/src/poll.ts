import { ENOENT, osError, POLLIN, POLLOUT, POLLPRI } from '@tsyncio/syscalls'
import { timeoutOf } from './deadline.js'
import { fileno, type FileDescriptorLike } from './file-descriptor.js'
import { NotRegisteredError } from './not-registered-error.js'
import { PollSet } from './poll-set.js'

const ANY_EVENT = POLLIN | POLLPRI | POLLOUT
const MOST_MASK = 0xffff

function checkMask(mask: number): void {
  if (typeof mask !== 'number')
    throw new TypeError(`Poll: mask must be a number: got a ${typeof mask}`)
  if (!Number.isInteger(mask) || mask < 0 || mask > MOST_MASK) {
    throw new RangeError(`Poll: mask must be an integer from 0 to ${MOST_MASK}: got ${mask}`)
  }
}

/**
 * `poll(2)`, as Python's `select.poll`: a set of fds with the kernel's own bits.
 * It holds nothing of the kernel's, so there is nothing to close.
 *
 * @example
 * ```ts
 * import { Poll, POLLOUT } from '@tsyncio/selectors'
 *
 * const poll = new Poll()
 * poll.register(process.stdout, POLLOUT)
 * console.log(poll.poll(1000)) // [ [ 1, 4 ] ]
 * ```
 */
export class Poll {
  readonly #set = new PollSet()

  /**
   * Watches a file object, or changes what a registered one is watched for.
   *
   * @param mask bits of `POLLIN`, `POLLPRI`, `POLLOUT` ...; `POLLERR`, `POLLHUP` and
   *   `POLLNVAL` are always reported.
   * @throws TypeError or RangeError if an argument is none.
   */
  register(fileobj: FileDescriptorLike, mask: number = ANY_EVENT): void {
    checkMask(mask)
    this.#set.set(fileno(fileobj), mask)
  }

  /** @throws OSError `ENOENT` if it is not registered. */
  modify(fileobj: FileDescriptorLike, mask: number): void {
    checkMask(mask)
    const fd = fileno(fileobj)
    if (!this.#set.has(fd)) throw osError(-ENOENT, 'poll')
    this.#set.set(fd, mask)
  }

  /** @throws NotRegisteredError if it is not registered. */
  unregister(fileobj: FileDescriptorLike): void {
    const fd = fileno(fileobj)
    if (!this.#set.delete(fd)) throw new NotRegisteredError(fd, fileobj)
  }

  /**
   * Waits until something is ready. A signal does not end the wait.
   *
   * @param timeout milliseconds, fractions honoured, never early. `null`, left out or
   *   negative waits for ever, 0 only looks.
   * @returns the ready fds and what happened to each. `POLLNVAL` says that the fd is
   *   not open.
   * @throws RangeError if `timeout` is NaN.
   * @throws OSError if the kernel refuses: `EINVAL` if there are more fds than a
   *   process may open.
   */
  poll(timeout?: number | null): [fd: number, revents: number][] {
    const wait = timeoutOf(timeout)
    const set = this.#set
    const count = set.wait(wait < 0 ? Infinity : wait)
    const ready: [number, number][] = []
    for (let i = 0; ready.length < count; i++) {
      const revents = set.reventsAt(i)
      if (revents !== 0) ready.push([set.fdAt(i), revents])
    }
    return ready
  }
}
