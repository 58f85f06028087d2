import type { FileDescriptorLike } from './file-descriptor.js'
import type { ReadyList } from './ready-list.js'
import type { SelectorKey } from './selector-key.js'
import type { SelectorMap } from './selector-map.js'

/**
 * Waits until one of many file objects is ready: the contract of every backend, with
 * the semantics of Python's `selectors`, in milliseconds. `describeSelector` of
 * `@tsyncio/selectors/testing` holds a backend to it.
 *
 * A selector knows file descriptors, not files. Unregister one before you close it:
 * what happens otherwise depends on the backend.
 *
 * @example
 * ```ts
 * import { DefaultSelector, EVENT_READ } from '@tsyncio/selectors'
 * import { close, pipe2, write } from '@tsyncio/syscalls'
 *
 * const ends = new Int32Array(2)
 * pipe2(ends, 0)
 * const [reader, writer] = ends as unknown as [number, number]
 * write(writer, new Uint8Array(1), 0, 1)
 *
 * using selector = new DefaultSelector<string>()
 * selector.register(reader, EVENT_READ, 'my pipe')
 * for (const [key, mask] of selector.select(1000)) console.log(key.data, mask) // my pipe 1
 *
 * selector.unregister(reader)
 * close(reader)
 * close(writer)
 * ```
 */
export interface Selector<Data = unknown> {
  /**
   * Watches a file object.
   *
   * @param events `EVENT_READ`, `EVENT_WRITE` or both.
   * @param data anything; found again on the key.
   * @returns the key that `select` will report.
   * @throws TypeError or RangeError if `fileobj` stands for no file descriptor, or
   *   `events` is 0 or has another bit. Nothing is registered.
   * @throws AlreadyRegisteredError if the fd is registered, through whatever object.
   * @throws OSError if the kernel refuses the fd: `EBADF` if it is not open, `EPERM`
   *   if it is a regular file (epoll only). Nothing is registered.
   * @throws ClosedSelectorError after `close()`.
   */
  register(fileobj: FileDescriptorLike, events: number, data?: Data): SelectorKey<Data>

  /**
   * Ends watching a file object, which may have been closed since, and its fd reused.
   * What the kernel says to it is of no interest.
   *
   * @returns the key that it had.
   * @throws NotRegisteredError if it is not registered.
   * @throws TypeError or RangeError if `fileobj` never was a file object.
   * @throws ClosedSelectorError after `close()`.
   */
  unregister(fileobj: FileDescriptorLike): SelectorKey<Data>

  /**
   * Changes interest and data. The kernel is asked only if the interest differs.
   *
   * @returns the new key, or the old one if nothing differs.
   * @throws NotRegisteredError, TypeError, RangeError as `unregister` and `register`.
   * @throws OSError if the kernel refuses: the object is then no longer registered.
   * @throws ClosedSelectorError after `close()`.
   */
  modify(fileobj: FileDescriptorLike, events: number, data?: Data): SelectorKey<Data>

  /**
   * Waits until something is ready, and says what.
   *
   * @param timeout milliseconds, fractions honoured, never early. `null` or left out
   *   waits for ever; 0 or less only looks.
   * @returns pairs of a key and the part of its interest that is ready; none after the
   *   timeout. An error or a hang-up counts as ready for both. At most 1,024 with
   *   epoll: the next call starts with the others. Empty before the time only when
   *   epoll reported nothing but files that were closed before they were unregistered.
   * @throws RangeError if `timeout` is NaN, or (`SelectSelector`) an fd is 1,024 or more.
   * @throws OSError `EBADF` if an fd was closed while registered (`SelectSelector`; a
   *   `PollSelector` says that it is ready; an `EpollSelector` forgets it, or does not).
   * @throws ClosedSelectorError after `close()`.
   *
   * A signal does not end the wait.
   */
  select(timeout?: number | null): [key: SelectorKey<Data>, mask: number][]

  /**
   * `select` for event loops: makes no objects.
   *
   * @param ready gets what is ready, from index 0.
   * @returns how many are ready.
   */
  selectInto(timeout: number | null, ready: ReadyList<Data>): number

  /**
   * The key of a registered file object.
   *
   * @throws NotRegisteredError, TypeError, RangeError as `unregister`.
   * @throws ClosedSelectorError after `close()`.
   */
  getKey(fileobj: FileDescriptorLike): SelectorKey<Data>

  /** What is registered, as a live view; `null` after `close()`. */
  getMap(): SelectorMap<Data> | null

  /** Forgets all registrations and frees what the kernel holds. Twice does no harm. */
  close(): void

  /** `close()`, at the end of a `using` block. */
  [Symbol.dispose](): void
}
