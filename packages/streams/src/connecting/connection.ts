import type { Address } from '@tsyncio/syscalls'
import type { Coroutine } from '@tsyncio/tasks'

import { asDuplex } from '../bridges/as-duplex.js'
import { asWebStreams } from '../bridges/as-web-streams.js'
import type { ConnectionDuplex, ConnectionDuplexOptions } from '../bridges/connection-duplex.js'
import type { StreamReader } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'

/** A connection: `const { reader, writer } = await openConnection(...)`. */
export class Connection {
  readonly reader: StreamReader
  readonly writer: StreamWriter

  constructor(reader: StreamReader, writer: StreamWriter) {
    this.reader = reader
    this.writer = writer
  }

  /** Our own side; `undefined` when the connection is closed. */
  get localAddress(): Address | undefined {
    return this.writer.getExtraInfo('sockname') as Address | undefined
  }

  get remoteAddress(): Address | undefined {
    return this.writer.getExtraInfo('peername') as Address | undefined
  }

  /** The connection as one of Node's streams: see {@link asDuplex}. */
  asDuplex(options?: ConnectionDuplexOptions): ConnectionDuplex {
    return asDuplex(this, options)
  }

  /** The connection as a pair of web streams: see {@link asWebStreams}. */
  asWebStreams(): ReturnType<typeof asWebStreams> {
    return asWebStreams(this)
  }

  /** Sends what was written and closes; waits for it. */
  [Symbol.asyncDispose](): Coroutine<void> {
    return this.writer[Symbol.asyncDispose]()
  }
}
