export { asConnection } from './bridges/as-connection.js'
export { asDuplex, type ReaderAndWriter } from './bridges/as-duplex.js'
export { asReadableStream } from './bridges/as-readable-stream.js'
export { asReadable } from './bridges/as-readable.js'
export { asReader } from './bridges/as-reader.js'
export { asWebStreams } from './bridges/as-web-streams.js'
export { asWritableStream } from './bridges/as-writable-stream.js'
export { asWritable } from './bridges/as-writable.js'
export { asWriter } from './bridges/as-writer.js'
export type { ByteSource } from './bridges/byte-source.js'
export { ClientSocket, type ClientSocketOptions } from './bridges/client-socket.js'
export {
  connectAcceptedSocket,
  type ConnectAcceptedSocketOptions,
} from './connecting/connect-accepted-socket.js'
export type { ConnectOptions, ConnectPlace } from './connecting/connect-any.js'
export { connectReadPipe, connectWritePipe } from './pipes/connect-pipe.js'
export { ConnectionDuplex, type ConnectionDuplexOptions } from './bridges/connection-duplex.js'
export { Connection } from './connecting/connection.js'
export type { SendFileOptions } from './files/copy-file.js'
export { createConnection } from './connecting/create-connection.js'
export { createDatagramEndpoint } from './datagrams/create-datagram-endpoint.js'
export { createServer, type ServerOptions } from './servers/create-server.js'
export type { DatagramOptions } from './datagrams/datagram-options.js'
export type { AddressFamily, DatagramPlace } from './datagrams/datagram-place.js'
export { DatagramSocket } from './datagrams/datagram-socket.js'
export type { DatagramProtocol, DatagramTransport } from './datagrams/datagram-transport.js'
export type { Datagram } from './datagrams/datagram.js'
export type { FdLike } from './sockets/fd-like.js'
export type { FdPlace } from './sockets/fd-place.js'
export { FdsLostError } from './fds/fds-lost-error.js'
export { getAddressInfo, type AddressInfoOptions } from './names/get-address-info.js'
export { getNameInfo, type NameInfo, type NameInfoOptions } from './names/get-name-info.js'
export { IncompleteReadError } from './reading/incomplete-read-error.js'
export { LimitOverrunError } from './reading/limit-overrun-error.js'
export type { ListenOptions } from './servers/listen-options.js'
export { Multicast, type NetworkInterface } from './datagrams/multicast.js'
export type { AnyDuplex, AnyReadable, AnyWritable } from './bridges/node-stream.js'
export { openConnection, type OpenConnectionOptions } from './connecting/open-connection.js'
export { openDatagram, type DatagramAddress } from './datagrams/open-datagram.js'
export { openReadPipe, openWritePipe, type OpenPipeOptions } from './pipes/open-pipe.js'
export { openTerminal } from './terminals/open-terminal.js'
export { openSocket, type OpenSocketOptions } from './sockets/open-socket.js'
export type { PeerCredentials } from './sockets/peer-credentials.js'
export type { HostPlace, PathPlace, Place } from './names/place.js'
export { Reads } from './reading/reads.js'
export { receiveFds, type FdMessage } from './fds/receive-fds.js'
export type { MaxFdsOption } from './fds/require-max-fds.js'
export type { ResolveOptions } from './names/resolve.js'
export { sendFds } from './fds/send-fds.js'
export { sendFile } from './files/send-file.js'
export { SendfileNotAvailableError } from './files/sendfile-not-available-error.js'
export type { Separator } from './reading/separators.js'
export type { HostsPlace, ServerPlace } from './servers/server-place.js'
export { Server } from './servers/server.js'
export type { ShutdownOptions, ShutdownReport } from './servers/shut-down.js'
export { sockAccept } from './sockets/sock-accept.js'
export { sockConnect } from './sockets/sock-connect.js'
export { sockRecvFrom, sockRecvFromInto } from './sockets/sock-recv-from.js'
export { sockRecv, sockRecvInto } from './sockets/sock-recv.js'
export { sockSendFile } from './files/sock-send-file.js'
export { sockSendAll, sockSendTo } from './sockets/sock-send.js'
export { SocketDuplex } from './bridges/socket-duplex.js'
export type { SocketFamily } from './sockets/socket-family.js'
export type { KeepAliveOptions, SocketOptions } from './sockets/socket-options.js'
export { Socket } from './sockets/socket.js'
export type { FileLike } from './files/source-file.js'
export {
  startServer,
  type ConnectionHandler,
  type StartServerOptions,
} from './servers/start-server.js'
export { startTls, type StartTlsOptions } from './tls/start-tls.js'
export { StreamReader, type StreamReaderOptions } from './reading/stream-reader.js'
export { StreamWriter } from './transports/stream-writer.js'
export {
  getTerminalMode,
  requireTerminalMode,
  setTerminalMode,
  type TerminalMode,
} from './terminals/terminal-mode.js'
export {
  getTerminalSize,
  requireTerminalSize,
  setTerminalSize,
  type TerminalSize,
} from './terminals/terminal-size.js'
export { takeFds, type TakeFdsOptions } from './fds/take-fds.js'
export { TlsError } from './tls/tls-error.js'
export type { TlsClientOptions, TlsOptions, TlsServerOptions } from './tls/tls-options.js'
export { TransportSocket } from './sockets/transport-socket.js'
export type {
  BaseTransport,
  BufferedProtocol,
  Protocol,
  ReadTransport,
  Transport,
  WriteBufferLimits,
  WriteTransport,
} from './transports/transport.js'
