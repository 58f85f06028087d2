import { EVENT_READ, EVENT_WRITE, type Selector } from '@tsyncio/selectors'

import { Handle } from './handle.js'
import type { References } from './references.js'
import type { Runnable } from './runnable.js'

/** Who wants to know what of one fd. It is the `data` of the fd's selector key. */
class Watch {
  readonly fd: number
  reader: Runnable | undefined
  writer: Runnable | undefined
  /** Whether each of them is to keep the process alive, and whether the fd does. */
  readerRef = true
  writerRef = true
  hasRef = false

  constructor(fd: number) {
    this.fd = fd
  }

  get events(): number {
    return (
      (this.reader === undefined ? 0 : EVENT_READ) | (this.writer === undefined ? 0 : EVENT_WRITE)
    )
  }

  get wantsRef(): boolean {
    return (
      (this.reader !== undefined && this.readerRef) || (this.writer !== undefined && this.writerRef)
    )
  }
}

/** What an owner of a claimed fd may offer. */
interface FdOwner {
  /** The loop is closed and will never call anything again: let go of the fd now. */
  loopClosed?(): void
}

/** Told of every change of interest: `events` is 0 when an fd is no longer watched. */
export type InterestListener = (fd: number, events: number) => void

/** The fds of one loop: at most one reader and one writer each, in one registration. */
export class FdWatchers {
  readonly #selector: Selector
  readonly #refs: References
  readonly #watches = new Map<number, Watch>()
  readonly #owners = new Map<number, object>()
  #kept = 0
  #listener: InterestListener | undefined

  constructor(selector: Selector, refs: References) {
    this.#selector = selector
    this.#refs = refs
  }

  /** How many fds keep the process alive. */
  get refs(): number {
    return this.#kept
  }

  get size(): number {
    return this.#watches.size
  }

  /** Watches for readability; gives the reader that was replaced. */
  addReader(fd: number, reader: Runnable, ref = true): Runnable | undefined {
    return this.#change(fd, 'reader', reader, ref)
  }

  addWriter(fd: number, writer: Runnable, ref = true): Runnable | undefined {
    return this.#change(fd, 'writer', writer, ref)
  }

  /** Stops watching for readability; gives the reader that was there. */
  removeReader(fd: number): Runnable | undefined {
    return this.#change(fd, 'reader', undefined)
  }

  removeWriter(fd: number): Runnable | undefined {
    return this.#change(fd, 'writer', undefined)
  }

  /** A selector reported `events` for the registration that holds `data`. */
  queue(data: unknown, events: number, ready: { push(runnable: Runnable): void }): void {
    if (!(data instanceof Watch)) return
    const { reader, writer } = data
    if ((events & EVENT_READ) !== 0 && reader !== undefined) {
      if (isCancelled(reader)) this.removeReader(data.fd)
      else ready.push(reader)
    }
    if ((events & EVENT_WRITE) !== 0 && writer !== undefined) {
      if (isCancelled(writer)) this.removeWriter(data.fd)
      else ready.push(writer)
    }
  }

  /** Reserves an fd: from now on only its owner may watch it (EV20). */
  claim(fd: number, owner: object): void {
    this.#owners.set(fd, owner)
  }

  release(fd: number): void {
    this.#owners.delete(fd)
  }

  owner(fd: number): object | undefined {
    return this.#owners.get(fd)
  }

  /** Replays all interests to a listener, then tells it of every change. */
  listen(listener: InterestListener | undefined): void {
    this.#listener = listener
    if (listener !== undefined)
      for (const { fd, events } of this.#watches.values()) listener(fd, events)
  }

  clear(): void {
    for (const watch of [...this.#watches.values()]) {
      watch.reader = undefined
      watch.writer = undefined
      this.#register(watch)
      this.#count(watch)
    }
    for (const owner of [...this.#owners.values()]) (owner as FdOwner).loopClosed?.()
    this.#owners.clear()
  }

  #change(
    fd: number,
    side: 'reader' | 'writer',
    runnable: Runnable | undefined,
    ref?: boolean,
  ): Runnable | undefined {
    const known = this.#watches.get(fd)
    if (known === undefined && runnable === undefined) return undefined
    const watch = known ?? new Watch(fd)
    const previous = watch[side]
    watch[side] = runnable
    if ((previous === undefined) !== (runnable === undefined)) this.#registerOrForget(watch)
    if (ref !== undefined) watch[`${side}Ref`] = ref
    this.#count(watch)
    return previous
  }

  // A selector that could not change a registration (the fd was closed) has dropped it.
  #registerOrForget(watch: Watch): void {
    try {
      this.#register(watch)
    } catch (error) {
      watch.reader = undefined
      watch.writer = undefined
      this.#watches.delete(watch.fd)
      this.#count(watch)
      this.#listener?.(watch.fd, 0)
      throw error
    }
  }

  #register(watch: Watch): void {
    const { fd, events } = watch
    if (!this.#watches.has(fd)) {
      this.#selector.register(fd, events, watch)
      this.#watches.set(fd, watch)
    } else if (events === 0) {
      this.#watches.delete(fd)
      this.#selector.unregister(fd)
    } else {
      this.#selector.modify(fd, events, watch)
    }
    this.#listener?.(fd, events)
  }

  // An fd counts once, however many directions: it either keeps the process or not.
  #count(watch: Watch): void {
    const wanted = watch.wantsRef
    if (wanted === watch.hasRef) return
    watch.hasRef = wanted
    this.#kept += wanted ? 1 : -1
    if (wanted) this.#refs.add()
    else this.#refs.remove()
  }
}

function isCancelled(runnable: Runnable): boolean {
  return runnable instanceof Handle && runnable.cancelled()
}
