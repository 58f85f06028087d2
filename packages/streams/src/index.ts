export { asDuplex, type ReaderAndWriter } from './as-duplex.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './connection-duplex.js'
export { Connection } from './connection.js'
export { createConnection, type ConnectOptions } from './create-connection.js'
export { createDatagramEndpoint } from './create-datagram-endpoint.js'
export { createServer, type ServerOptions } from './create-server.js'
export type { DatagramOptions } from './datagram-options.js'
export type { AddressFamily, DatagramPlace } from './datagram-place.js'
export { DatagramSocket } from './datagram-socket.js'
export type { DatagramProtocol, DatagramTransport } from './datagram-transport.js'
export type { Datagram } from './datagram.js'
export { IncompleteReadError } from './incomplete-read-error.js'
export { LimitOverrunError } from './limit-overrun-error.js'
export type { ListenOptions } from './listening-socket.js'
export { Multicast, type NetworkInterface } from './multicast.js'
export { openConnection, type OpenConnectionOptions } from './open-connection.js'
export { openDatagram, type DatagramAddress } from './open-datagram.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './open-pipe.js'
export type { HostPlace, PathPlace, Place } from './place.js'
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
