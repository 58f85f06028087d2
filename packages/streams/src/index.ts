export { asDuplex, type ReaderAndWriter } from './as-duplex.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
export {
  connectAcceptedSocket,
  type ConnectAcceptedSocketOptions,
} from './connect-accepted-socket.js'
export { connectReadPipe, connectWritePipe } from './connect-pipe.js'
export { Connection } from './connection.js'
export { createConnection, type ConnectOptions } from './create-connection.js'
export { createServer, type ServerOptions } from './create-server.js'
export { FdsLostError } from './fds-lost-error.js'
export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export type { ListenOptions } from './listen-options.js'
export { openConnection, type OpenConnectionOptions } from './open-connection.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export { openSocket, type OpenSocketOptions } from './open-socket.js'
export type { PeerCredentials } from './peer-credentials.js'
export type { HostPlace, PathPlace, Place } from './place.js'
export type { FdPlace, HostsPlace, ServerPlace } from './server-place.js'
export { receiveFds, type FdMessage } from './receive-fds.js'
export type { MaxFdsOption } from './require-max-fds.js'
export { sendFds } from './send-fds.js'
export { Server } from './server.js'
export type { ShutdownOptions, ShutdownReport } from './shut-down.js'
export type { KeepAliveOptions, SocketOptions } from './socket-options.js'
export { startServer, type ConnectionHandler, type StartServerOptions } from './start-server.js'
export { StreamReader, type StreamReaderOptions } from './stream-reader.js'
export { StreamWriter } from './stream-writer.js'
export { takeFds, type TakeFdsOptions } from './take-fds.js'
export type {
  BaseTransport,
  Protocol,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from './transport.js'
export { TransportSocket } from './transport-socket.js'
