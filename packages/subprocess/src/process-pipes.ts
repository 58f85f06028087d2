import type { EventLoop } from '@tsyncio/loop'
import {
  openReadPipe,
  openWritePipe,
  type ReadTransport,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import { close, F_GETPIPE_SZ, fcntl } from '@tsyncio/syscalls'
import { sleep, type Gen } from '@tsyncio/tasks'

import type { ChildStdio } from './child-stdio.js'
import type { StdioStreams } from './stdio-streams.js'

// What the streams take at once.
const readBytes = 65_536

/** This process's ends of a child's pipes, as streams. */
export class ProcessPipes {
  readonly stdin: StreamWriter | null
  readonly stdout: StreamReader | null
  readonly stderr: StreamReader | null
  readonly #transports: ReadTransport[] = []

  readonly #stdin: StreamWriter | null
  readonly #streams: StdioStreams

  constructor(
    loop: EventLoop,
    stdio: ChildStdio,
    streams: StdioStreams,
    limit: number | undefined,
  ) {
    this.#streams = streams
    this.#stdin = adopted(stdio, 0, (fd) => openWritePipe(fd, { loop }))
    const stdout = this.#open(loop, stdio, 1, limit)
    const stderr = this.#open(loop, stdio, 2, limit)
    if (this.#stdin !== null) streams.stdin?.start(loop, this.#stdin)
    if (stdout !== null) streams.stdout?.start(loop, stdout)
    if (stderr !== null) streams.stderr?.start(loop, stderr)
    // What is copied is nobody else's.
    this.stdin = streams.stdin === undefined ? this.#stdin : null
    this.stdout = streams.stdout === undefined ? stdout : null
    this.stderr = streams.stderr === undefined ? stderr : null
  }

  /** Waits until the caller's streams have what was written for them. */
  copied(): Gen<void> {
    return this.#streams.copied()
  }

  /** Takes what the process wrote last, also if nobody has read what came before. */
  *readRest(): Gen<void> {
    const reads = Math.max(0, ...this.#transports.map(readsLeft))
    // They come in the turns after this one, behind us.
    for (let left = reads; left >= 0; left--) {
      for (const transport of this.#transports) transport.resumeReading()
      yield* sleep(0)
    }
  }

  /** Lets go of what is not closed: nothing more is written or read. */
  close(): void {
    this.#stdin?.transport.abort()
    for (const transport of this.#transports) transport.close()
  }

  #open(
    loop: EventLoop,
    stdio: ChildStdio,
    end: 1 | 2,
    limit: number | undefined,
  ): StreamReader | null {
    const options = limit === undefined ? { loop } : { loop, limit }
    const pipe = adopted(stdio, end, (fd) => openReadPipe(fd, options))
    if (pipe === null) return null
    this.#transports.push(pipe.transport)
    return pipe.reader
  }
}

/** How many reads take all that a pipe has room for. */
function readsLeft(transport: ReadTransport): number {
  const { fileno } = transport.getExtraInfo('pipe') as { fileno: () => number }
  return transport.isClosing() ? 0 : Math.ceil(fcntl(fileno(), F_GETPIPE_SZ, 0) / readBytes)
}

// An fd that cannot be adopted is still whoever's it was.
function adopted<P>(stdio: ChildStdio, end: 0 | 1 | 2, open: (fd: number) => P): P | null {
  const fd = stdio.take(end)
  if (fd === null) return null
  try {
    return open(fd)
  } catch (error) {
    close(fd)
    throw error
  }
}
