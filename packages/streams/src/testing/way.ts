import type { StreamReader, StreamReaderOptions } from '../reading/stream-reader.js'
import type { StreamWriter } from '../transports/stream-writer.js'
import type { BaseTransport } from '../transports/transport.js'

/** One direction of a stream: what is written at one end comes out at the other. */
export interface Way {
  readonly writer: StreamWriter
  readonly reader: StreamReader
  /** The transport at the reader's end. */
  readonly source: BaseTransport
}

/** Makes a fresh way, within a task. */
export type OpenWay = (options?: StreamReaderOptions) => Generator<unknown, Way, unknown>
