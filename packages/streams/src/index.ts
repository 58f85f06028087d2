export { asDuplex, type ReaderAndWriter } from './as-duplex.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
export { Connection } from './connection.js'
export type { ConnectOptions, ConnectPlace } from './connect-any.js'
export type { ConnectedFd } from './connected-fd.js'
export { createConnection } from './create-connection.js'
export type { FdLike } from './fd-like.js'
export type { ResolveOptions } from './resolve.js'
export { createServer, type ServerOptions } from './create-server.js'
export { getAddressInfo, type AddressInfoOptions } from './get-address-info.js'
export { getNameInfo, type NameInfo, type NameInfoOptions } from './get-name-info.js'
export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export type { ListenOptions } from './listening-socket.js'
export { openConnection, type OpenConnectionOptions } from './open-connection.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export type { HostPlace, PathPlace, Place } from './place.js'
export { Reads } from './reads.js'
export type { Separator } from './separators.js'
export { Server } from './server.js'
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
