import {
  AF_INET,
  bind,
  close,
  connect,
  decodeAddress,
  encodeAddress,
  getsockname,
  listen,
  poll,
  POLLOUT,
  SOCK_STREAM,
  socket,
  type IPAddress,
} from '@tsyncio/syscalls'

function portOf(fd: number): number {
  const bytes = new Uint8Array(128)
  return (decodeAddress(bytes, getsockname(fd, bytes)) as IPAddress).port
}

/** A port of 127.0.0.1 that nobody listens at. */
export function freePort(): number {
  const fd = socket(AF_INET, SOCK_STREAM, 0)
  bind(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
  const port = portOf(fd)
  close(fd)
  return port
}

/** A port of 127.0.0.1 that answers no more: its backlog is full. Disposing closes it. */
export class SilentPort {
  readonly port: number
  readonly #fds: number[] = []

  constructor() {
    const server = this.#open()
    bind(server, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
    listen(server, 0)
    this.port = portOf(server)
    while (this.#connects());
  }

  [Symbol.dispose](): void {
    for (const fd of this.#fds) close(fd)
  }

  #open(): number {
    const fd = socket(AF_INET, SOCK_STREAM, 0)
    this.#fds.push(fd)
    return fd
  }

  #connects(): boolean {
    const fd = this.#open()
    connect(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: this.port }))
    return poll(Int32Array.of(fd, POLLOUT, 0), 1, 200) === 1
  }
}
