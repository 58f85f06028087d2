export { asDuplex, type ReaderAndWriter } from './as-duplex.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
export { Connection } from './connection.js'
export { createConnection, type ConnectOptions } from './create-connection.js'
export { createServer, type ServerOptions } from './create-server.js'
export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export type { ListenOptions } from './listening-socket.js'
export { openConnection, type OpenConnectionOptions } from './open-connection.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export type { HostPlace, PathPlace, Place } from './place.js'
export { Server } from './server.js'
export { startServer, type ConnectionHandler, type StartServerOptions } from './start-server.js'
export { startTls, type StartTlsOptions } from './start-tls.js'
export { StreamReader, type StreamReaderOptions } from './stream-reader.js'
export { StreamWriter } from './stream-writer.js'
export { TlsError } from './tls-error.js'
export type { TlsClientOptions, TlsOptions, TlsServerOptions } from './tls-options.js'
export type {
  BaseTransport,
  Protocol,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from './transport.js'
export { TransportSocket } from './transport-socket.js'
