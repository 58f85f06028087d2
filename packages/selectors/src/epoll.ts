import {
  close,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  epollCreate1,
  epollCtl,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  epollWait,
  FD_SETSIZE,
  osError,
} from '@tsyncio/syscalls'
import { ClosedSelectorError } from './closed-selector-error.js'
import { deadlineAfter, mustGoOn, timeLeft, timeoutOf } from './deadline.js'
import { fileno, type FileDescriptorLike } from './file-descriptor.js'

/** How to make an {@link Epoll}. */
export interface EpollOptions {
  /** 0 or `EPOLL_CLOEXEC`, which is set in any case. */
  readonly flags?: number
  /** Ignored by every kernel since 2.6.8: -1, or more than 0. */
  readonly sizehint?: number
  /** Wrap this epoll fd instead of making one; see {@link Epoll.fromFd}. */
  readonly fd?: FileDescriptorLike
}

const ANY_EVENT = EPOLLIN | EPOLLPRI | EPOLLOUT
// Signed or not: EPOLLET is the highest bit, and `|` makes it negative.
const LEAST_MASK = -(2 ** 31)
const MOST_MASK = 2 ** 32 - 1

function create({ flags = 0, sizehint = -1 }: EpollOptions): number {
  if (flags !== 0 && flags !== EPOLL_CLOEXEC) {
    throw new RangeError(`Epoll: flags must be 0 or EPOLL_CLOEXEC: got ${flags}`)
  }
  if (sizehint !== -1 && !(sizehint > 0)) {
    throw new RangeError(`Epoll: sizehint must be -1 or more than 0: got ${sizehint}`)
  }
  const fd = epollCreate1(EPOLL_CLOEXEC)
  if (fd < 0) throw osError(fd, 'epoll_create1')
  return fd
}

function checkMask(mask: number): void {
  if (typeof mask !== 'number')
    throw new TypeError(`Epoll: mask must be a number: got a ${typeof mask}`)
  if (!Number.isInteger(mask) || mask < LEAST_MASK || mask > MOST_MASK) {
    throw new RangeError(`Epoll: mask must be an integer of 32 bits: got ${mask}`)
  }
}

function countOf(maxEvents: number): number {
  if (typeof maxEvents !== 'number') {
    throw new TypeError(`Epoll: maxEvents must be a number: got a ${typeof maxEvents}`)
  }
  if (maxEvents === -1) return FD_SETSIZE - 1
  if (Number.isInteger(maxEvents) && maxEvents > 0) return Math.min(maxEvents, FD_SETSIZE)
  throw new RangeError(`Epoll: maxEvents must be -1 or more than 0: got ${maxEvents}`)
}

/**
 * An `epoll(7)` instance, as Python's `select.epoll`, with the kernel's own bits:
 * level-triggered, or with `EPOLLET`, `EPOLLONESHOT`, `EPOLLEXCLUSIVE`.
 *
 * @example
 * ```ts
 * import { Epoll, EPOLLET, EPOLLIN } from '@tsyncio/selectors'
 * import { close, pipe2, write } from '@tsyncio/syscalls'
 *
 * const ends = new Int32Array(2)
 * pipe2(ends, 0)
 * const [reader, writer] = ends as unknown as [number, number]
 * {
 *   using epoll = new Epoll()
 *   epoll.register(reader, EPOLLIN | EPOLLET)
 *   write(writer, new Uint8Array(1), 0, 1)
 *   console.log(epoll.poll(1000).length, epoll.poll(0).length) // 1 0
 * }
 * close(reader)
 * close(writer)
 * ```
 */
export class Epoll {
  #fd: number

  /**
   * @throws RangeError if an option is none.
   * @throws OSError `EMFILE`, `ENFILE` or `ENOMEM` if the kernel has no more.
   * @throws UnsupportedError where there are no system calls.
   */
  constructor(options: EpollOptions = {}) {
    this.#fd = options.fd === undefined ? create(options) : fileno(options.fd)
  }

  /** Wraps an epoll fd, without a copy: `close()` closes that one. */
  static fromFd(fd: FileDescriptorLike): Epoll {
    return new Epoll({ fd })
  }

  get closed(): boolean {
    return this.#fd < 0
  }

  /** @throws ClosedSelectorError after `close()`. */
  fileno(): number {
    return this.#openFd()
  }

  /**
   * Watches a file object.
   *
   * @param mask `EPOLLIN`, `EPOLLOUT` ... joined with `|`, which makes `EPOLLET` negative:
   *   that is as good. `EPOLLERR` and `EPOLLHUP` are always reported.
   * @throws OSError `EEXIST` if it is registered, `EPERM` if it is a regular file or a
   *   directory, `EBADF` if it is not open, `EINVAL` if it is this object, `ENOSPC` at
   *   the limit of `/proc/sys/fs/epoll/max_user_watches`.
   * @throws TypeError or RangeError if an argument is none.
   * @throws ClosedSelectorError after `close()`.
   */
  register(fileobj: FileDescriptorLike, mask: number = ANY_EVENT): void {
    checkMask(mask)
    this.#control(EPOLL_CTL_ADD, fileobj, mask)
  }

  /**
   * Changes what a file object is watched for, and arms it again after `EPOLLONESHOT`.
   *
   * @throws OSError `ENOENT` if it is not registered, `EINVAL` with `EPOLLEXCLUSIVE`.
   */
  modify(fileobj: FileDescriptorLike, mask: number): void {
    checkMask(mask)
    this.#control(EPOLL_CTL_MOD, fileobj, mask)
  }

  /** @throws OSError `ENOENT` if it is not registered, `EBADF` if it is not open. */
  unregister(fileobj: FileDescriptorLike): void {
    this.#control(EPOLL_CTL_DEL, fileobj, 0)
  }

  /**
   * Waits until something is ready. A signal does not end the wait.
   *
   * @param timeout milliseconds, fractions honoured, never early. `null`, left out or
   *   negative waits for ever, 0 only looks.
   * @param maxEvents the most to return, up to 1,024; -1 stands for 1,023. What does not
   *   fit comes first in the next call.
   * @returns the ready fds (as they were numbered when they were registered) and what
   *   happened to each.
   * @throws RangeError if `timeout` is NaN, or `maxEvents` is 0 or less than -1.
   * @throws ClosedSelectorError after `close()`.
   */
  poll(timeout?: number | null, maxEvents: number = -1): [fd: number, events: number][] {
    const events = new Int32Array(2 * countOf(maxEvents))
    const count = this.pollInto(events, timeout)
    const ready: [number, number][] = []
    for (let i = 0; i < count; i++) ready.push([events[2 * i]!, events[2 * i + 1]! >>> 0])
    return ready
  }

  /**
   * `poll` for hot paths: makes no objects.
   *
   * @param events gets pairs of an fd and its bits (use `>>> 0`: they are signed here);
   *   it has room for one at least.
   * @returns the number of pairs.
   */
  pollInto(events: Int32Array, timeout?: number | null): number {
    const fd = this.#openFd()
    const most = events.length >> 1
    let wait = timeoutOf(timeout)
    if (wait < 0) wait = Infinity
    const deadline = deadlineAfter(wait)
    let count = epollWait(fd, events, most, wait)
    while (mustGoOn(count, deadline)) count = epollWait(fd, events, most, timeLeft(deadline))
    if (count < 0) throw osError(count, 'epoll_wait')
    return count
  }

  /** Closes the epoll fd. Twice does no harm. A thread that waits on it is not woken. */
  close(): void {
    if (this.#fd < 0) return
    const fd = this.#fd
    this.#fd = -1
    close(fd)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #openFd(): number {
    if (this.#fd < 0) throw new ClosedSelectorError('Epoll')
    return this.#fd
  }

  #control(operation: number, fileobj: FileDescriptorLike, mask: number): void {
    const result = epollCtl(this.#openFd(), operation, fileno(fileobj), mask)
    if (result < 0) throw osError(result, 'epoll_ctl')
  }
}
