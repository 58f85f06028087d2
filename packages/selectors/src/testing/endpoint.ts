import {
  AF_UNIX,
  close,
  osError,
  read,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socketpair,
  write,
} from '@tsyncio/syscalls'

const MOST_BYTES = 1 << 16

/** One end of a connected, non-blocking Unix socket: a file object with `fileno()`. */
export class Endpoint {
  #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  /** @throws Error after `close()`. */
  fileno(): number {
    if (this.#fd < 0) throw new Error('this endpoint is closed')
    return this.#fd
  }

  send(text: string): void {
    const bytes = new TextEncoder().encode(text)
    const sent = write(this.fileno(), bytes, 0, bytes.length)
    if (sent < 0) throw osError(sent, 'write')
  }

  /** What has come in. */
  receive(): string {
    const bytes = new Uint8Array(MOST_BYTES)
    const got = read(this.fileno(), bytes, 0, bytes.length)
    if (got < 0) throw osError(got, 'read')
    return new TextDecoder().decode(bytes.subarray(0, got))
  }

  /** Sends until the socket takes no more. */
  fill(): void {
    const bytes = new Uint8Array(MOST_BYTES)
    while (write(this.fileno(), bytes, 0, bytes.length) > 0);
  }

  close(): void {
    if (this.#fd < 0) return
    close(this.#fd)
    this.#fd = -1
  }
}

/** Two connected {@link Endpoint}s, closed at the end of a `using` block. */
export class EndpointPair {
  readonly near: Endpoint
  readonly far: Endpoint

  constructor() {
    const fds = new Int32Array(2)
    const result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds)
    if (result < 0) throw osError(result, 'socketpair')
    this.near = new Endpoint(fds[0]!)
    this.far = new Endpoint(fds[1]!)
  }

  [Symbol.dispose](): void {
    this.near.close()
    this.far.close()
  }
}
