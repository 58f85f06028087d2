import {
  close,
  O_NONBLOCK,
  osError,
  pipe2,
  read,
  signalUnwatch,
  signalWatch,
} from '@tsyncio/syscalls'

import type { FdWatchers } from './fd-watchers.js'

/**
 * Signals for a loop that owns its thread, where Node delivers none: a handler in C
 * writes the number of each to a pipe that the loop watches (EV21).
 */
export class PipeSignals {
  readonly #deliver: (number: number) => void
  readonly #fds: FdWatchers
  readonly #pipe = new Int32Array(2)
  readonly #bytes = new Uint8Array(64)

  constructor(fds: FdWatchers, deliver: (number: number) => void) {
    this.#fds = fds
    this.#deliver = deliver
    const result = pipe2(this.#pipe, O_NONBLOCK)
    if (result < 0) throw osError(result, 'pipe2')
    try {
      fds.addReader(this.#readEnd, { run: () => this.#drain() }, false)
    } catch (error) {
      this.close()
      throw error
    }
  }

  watch(signal: NodeJS.Signals, number: number): void {
    const result = signalWatch(number, this.#pipe[1] as number)
    if (result < 0) throw osError(result, `sigaction ${signal}`)
  }

  unwatch(number: number): void {
    signalUnwatch(number)
  }

  close(): void {
    this.#fds.removeReader(this.#readEnd)
    for (const fd of this.#pipe) close(fd)
  }

  get #readEnd(): number {
    return this.#pipe[0] as number
  }

  #drain(): void {
    for (;;) {
      const count = read(this.#readEnd, this.#bytes, 0, this.#bytes.length)
      if (count <= 0) return
      for (const number of this.#bytes.subarray(0, count)) this.#deliver(number)
    }
  }
}
