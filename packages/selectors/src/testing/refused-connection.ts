import {
  AF_INET,
  bind,
  close,
  connect,
  EINPROGRESS,
  encodeAddress,
  getsockname,
  osError,
  SOCK_STREAM,
  SOCKADDR_BYTES,
  socket,
} from '@tsyncio/syscalls'

// A port that is taken, so nobody else's, but that nobody listens on.
function deafPort(): { fd: number; address: Uint8Array } {
  const fd = socket(AF_INET, SOCK_STREAM, 0)
  bind(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
  const address = new Uint8Array(SOCKADDR_BYTES)
  return { fd, address: address.subarray(0, getsockname(fd, address)) }
}

/** A TCP socket whose connection is being refused. */
export class RefusedConnection {
  readonly fd = socket(AF_INET, SOCK_STREAM, 0)

  constructor() {
    const port = deafPort()
    const result = connect(this.fd, port.address)
    close(port.fd)
    if (result !== -EINPROGRESS) throw osError(result, 'connect')
  }

  [Symbol.dispose](): void {
    close(this.fd)
  }
}
