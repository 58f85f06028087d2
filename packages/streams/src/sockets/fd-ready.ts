import { InvalidStateError, type EventLoop, type Future, type Runnable } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

export type Direction = 'reading' | 'writing'

/** One wait for one direction of an fd. It watches until it is over, and not a moment longer. */
class FdWait implements Runnable {
  readonly ready: Future<void>
  readonly #loop: EventLoop
  readonly #fd: number
  readonly #direction: Direction

  constructor(loop: EventLoop, fd: number, direction: Direction) {
    this.#loop = loop
    this.#fd = fd
    this.#direction = direction
    this.ready = loop.createFuture<void>()
    this.#watch()
    waitsFor(fd).add(this)
  }

  run(): void {
    this.leave()
    if (!this.ready.done()) this.ready.setResult()
  }

  fail(error: Error): void {
    this.leave()
    if (!this.ready.done()) this.ready.setException(error)
  }

  leave(): void {
    const all = waitsFor(this.#fd)
    if (!all.delete(this)) return
    if (all.size === 0) waits.delete(this.#fd)
    const { fds } = this.#loop.core
    if (this.#direction === 'reading') fds.removeReader(this.#fd)
    else fds.removeWriter(this.#fd)
  }

  #watch(): void {
    const { fds } = this.#loop.core
    const add = (runnable: Runnable) =>
      this.#direction === 'reading'
        ? fds.addReader(this.#fd, runnable)
        : fds.addWriter(this.#fd, runnable)
    const other = add(this)
    if (other === undefined) return
    add(other)
    throw new InvalidStateError(`Somebody waits for ${this.#direction} at fd ${this.#fd} already.`)
  }
}

const waits = new Map<number, Set<FdWait>>()

function waitsFor(fd: number): Set<FdWait> {
  let all = waits.get(fd)
  if (all === undefined) waits.set(fd, (all = new Set()))
  return all
}

/**
 * Until the fd is ready.
 *
 * @throws InvalidStateError if somebody else waits for the same.
 */
export function* fdReady(loop: EventLoop, fd: number, direction: Direction): Gen<void> {
  const wait = new FdWait(loop, fd, direction)
  try {
    yield* wait.ready
  } finally {
    wait.leave()
  }
}

/** Ends all waits for an fd, which is about to be closed. */
export function abandonFd(fd: number): void {
  for (const wait of waits.get(fd) ?? [])
    wait.fail(new InvalidStateError(`fd ${fd} was closed while somebody waited for it.`))
}
