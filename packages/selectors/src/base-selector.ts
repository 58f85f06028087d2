import { AlreadyRegisteredError } from './already-registered-error.js'
import { ClosedSelectorError } from './closed-selector-error.js'
import { timeoutOf } from './deadline.js'
import { EVENT_READ, EVENT_WRITE } from './events.js'
import { fileno, type FileDescriptorLike } from './file-descriptor.js'
import { NotRegisteredError } from './not-registered-error.js'
import type { ReadyList } from './ready-list.js'
import { SelectorKey } from './selector-key.js'
import { SelectorMap } from './selector-map.js'
import type { Selector } from './selector.js'

const ANY_EVENT = EVENT_READ | EVENT_WRITE

function checkEvents(events: number): void {
  if (typeof events !== 'number') {
    throw new TypeError(`events must be EVENT_READ, EVENT_WRITE or both: got a ${typeof events}`)
  }
  if (events !== EVENT_READ && events !== EVENT_WRITE && events !== ANY_EVENT) {
    throw new RangeError(`events must be EVENT_READ, EVENT_WRITE or both: got ${events}`)
  }
}

/**
 * Everything of a selector that is not a system call: the keys, the checks, the
 * order in which the kernel is asked. A backend adds the five protected methods.
 */
export abstract class BaseSelector<Data = unknown> implements Selector<Data> {
  readonly #keys = new Map<number, SelectorKey<Data>>()
  readonly #map = new SelectorMap<Data>(this.#keys, (fileobj) => this.#find(fileobj))
  readonly #ready: ReadyList<Data> = { keys: [], masks: [] }
  #isClosed = false

  /** Starts watching `fd`. */
  protected abstract attach(fd: number, events: number): void
  /** Changes what `fd` is watched for. */
  protected abstract change(fd: number, events: number): void
  /** Ends watching `fd`, which may be closed. Never throws. */
  protected abstract detach(fd: number): void
  /** Waits `wait` milliseconds (perhaps Infinity) and fills `ready`. */
  protected abstract collect(wait: number, ready: ReadyList<Data>): number
  /** Frees what the backend holds. Called once. */
  protected abstract release(): void

  /** The keys by fd, for the backend to look in. */
  protected get keys(): ReadonlyMap<number, SelectorKey<Data>> {
    return this.#keys
  }

  register(fileobj: FileDescriptorLike, events: number, data?: Data): SelectorKey<Data> {
    this.#assertOpen()
    checkEvents(events)
    const fd = fileno(fileobj)
    if (this.#keys.has(fd)) throw new AlreadyRegisteredError(fd, fileobj)
    this.attach(fd, events)
    const key = new SelectorKey(fileobj, fd, events, data)
    this.#keys.set(fd, key)
    return key
  }

  unregister(fileobj: FileDescriptorLike): SelectorKey<Data> {
    const key = this.getKey(fileobj)
    this.#keys.delete(key.fd)
    this.detach(key.fd)
    return key
  }

  modify(fileobj: FileDescriptorLike, events: number, data?: Data): SelectorKey<Data> {
    checkEvents(events)
    const old = this.getKey(fileobj)
    if (events === old.events && data === old.data) return old
    if (events !== old.events) this.#change(old.fd, events)
    const key = new SelectorKey(old.fileobj, old.fd, events, data)
    this.#keys.set(old.fd, key)
    return key
  }

  select(timeout?: number | null): [key: SelectorKey<Data>, mask: number][] {
    const ready = this.#ready
    const count = this.selectInto(timeout ?? null, ready)
    const pairs: [SelectorKey<Data>, number][] = []
    for (let i = 0; i < count; i++) pairs.push([ready.keys[i]!, ready.masks[i]!])
    ready.keys.length = 0
    return pairs
  }

  selectInto(timeout: number | null, ready: ReadyList<Data>): number {
    this.#assertOpen()
    return this.collect(Math.max(0, timeoutOf(timeout)), ready)
  }

  getKey(fileobj: FileDescriptorLike): SelectorKey<Data> {
    this.#assertOpen()
    const key = this.#find(fileobj)
    if (key === undefined) throw new NotRegisteredError(fileno(fileobj), fileobj)
    return key
  }

  getMap(): SelectorMap<Data> | null {
    return this.#isClosed ? null : this.#map
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#keys.clear()
    this.release()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ClosedSelectorError(this.constructor.name)
  }

  #change(fd: number, events: number): void {
    try {
      this.change(fd, events)
    } catch (failure) {
      this.#keys.delete(fd)
      throw failure
    }
  }

  #find(fileobj: FileDescriptorLike): SelectorKey<Data> | undefined {
    let fd: number
    try {
      fd = fileno(fileobj)
    } catch (failure) {
      return this.#findClosed(fileobj, failure)
    }
    return this.#keys.get(fd)
  }

  // A closed object no longer knows its fd, but it is still the same object.
  #findClosed(fileobj: FileDescriptorLike, failure: unknown): SelectorKey<Data> {
    for (const key of this.#keys.values()) if (key.fileobj === fileobj) return key
    throw failure
  }
}
