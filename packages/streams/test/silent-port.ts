import {
  AF_INET,
  AF_INET6,
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

function bindForGood(): number {
  const fd = socket(AF_INET6, SOCK_STREAM, 0)
  bind(fd, encodeAddress({ family: 'IPv6', address: '::', port: 0 }))
  return portOf(fd)
}

/**
 * A port of this machine that nobody listens at, in IPv4 and IPv6. It is kept as long as the
 * process lives: one that is only free may be somebody's a moment later.
 */
export const closedPort = bindForGood()

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
