import type { Future } from '@tsyncio/loop'
import { getEventLoop, InvalidStateError } from '@tsyncio/loop'
import { LimitOverrunError, type ReadTransport } from '@tsyncio/streams'
import type { Gen } from '@tsyncio/tasks'

import type { LineSource } from './line-source.js'

/** One whole line, as it came. */
export interface RawLine {
  readonly source: LineSource
  readonly bytes: Buffer
}

const newline = 0x0a
// As much as a reader keeps.
const most = 131_072

/** Lines of several sources in the order in which they came, and who waits for one. */
export class LineQueue {
  /** Whose lines these are. */
  sources: readonly LineSource[] = []
  readonly #limit: number
  readonly #runs: RawLine[] = []
  /** How much of the first run is gone. */
  #start = 0
  #size = 0
  #paused = false
  #waiter: Future<void> | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds one line or a run of several: a piece that ends where a line ends. */
  push(run: RawLine): void {
    this.#runs.push(run)
    this.#size += run.bytes.length
    this.wake()
    if (!this.#paused && this.#size > most) this.#setPaused(true)
  }

  /** Takes the next line, if there is one. @throws LimitOverrunError if it is too long; it stays. */
  take(): RawLine | undefined {
    const run = this.#runs[0]
    if (run === undefined) return undefined
    const at = run.bytes.indexOf(newline, this.#start)
    // The last line of all may have no end.
    const end = at < 0 ? run.bytes.length : at + 1
    const length = end - this.#start - (at < 0 ? 0 : 1)
    if (length > this.#limit) throw new LimitOverrunError(length, this.#limit)
    const bytes = run.bytes.subarray(this.#start, end)
    this.#skip(run, bytes.length)
    return { source: run.source, bytes }
  }

  /** Takes all that there is, as pieces. */
  takeAll(): RawLine[] {
    const all = this.#runs.splice(0)
    const [first] = all
    if (first !== undefined) all[0] = { ...first, bytes: first.bytes.subarray(this.#start) }
    this.#start = 0
    this.#size = 0
    if (this.#paused) this.#setPaused(false)
    return all
  }

  /** Waits until there is something new to look at. */
  *changed(): Gen<void> {
    if (this.#waiter !== undefined) {
      throw new InvalidStateError('Another read is waiting for a line already: only one may.')
    }
    const waiter = getEventLoop().createFuture<void>()
    this.#waiter = waiter
    try {
      yield* waiter
    } finally {
      this.#waiter = undefined
    }
  }

  wake(): void {
    if (this.#waiter?.done() === false) this.#waiter.setResult()
  }

  #skip(run: RawLine, count: number): void {
    this.#start += count
    this.#size -= count
    if (this.#start === run.bytes.length) {
      this.#runs.shift()
      this.#start = 0
    }
    if (this.#paused && this.#size <= most / 2) this.#setPaused(false)
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused
    for (const { transport } of this.sources) setReading(transport, !paused)
  }
}

function setReading(transport: ReadTransport, isReading: boolean): void {
  if (transport.isClosing()) return
  if (isReading) transport.resumeReading()
  else transport.pauseReading()
}
