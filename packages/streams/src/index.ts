export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export type { Protocol } from './protocol.js'
export { StreamReader, type StreamReaderOptions } from './stream-reader.js'
export { StreamWriter } from './stream-writer.js'
export type {
  BaseTransport,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from './transport.js'
export { TransportSocket } from './transport-socket.js'
