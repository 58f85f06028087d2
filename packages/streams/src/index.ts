export { asConnection } from './as-connection.js'
export { asDuplex, type ReaderAndWriter } from './as-duplex.js'
export { asReadableStream } from './as-readable-stream.js'
export { asReadable } from './as-readable.js'
export { asReader } from './as-reader.js'
export { asWebStreams } from './as-web-streams.js'
export { asWritableStream } from './as-writable-stream.js'
export { asWritable } from './as-writable.js'
export { asWriter } from './as-writer.js'
export type { ByteSource } from './byte-source.js'
export { ClientSocket, type ClientSocketOptions } from './client-socket.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
export { Connection } from './connection.js'
export { createConnection, type ConnectOptions } from './create-connection.js'
export { createServer, type ServerOptions } from './create-server.js'
export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export type { ListenOptions } from './listening-socket.js'
export type { AnyDuplex, AnyReadable, AnyWritable } from './node-stream.js'
export { openConnection, type OpenConnectionOptions } from './open-connection.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export type { HostPlace, PathPlace, Place } from './place.js'
export { Server } from './server.js'
export { SocketDuplex } from './socket-duplex.js'
export { startServer, type ConnectionHandler, type StartServerOptions } from './start-server.js'
export { StreamReader, type StreamReaderOptions } from './stream-reader.js'
export { StreamWriter } from './stream-writer.js'
export type {
  BaseTransport,
  Protocol,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from './transport.js'
export { TransportSocket } from './transport-socket.js'
