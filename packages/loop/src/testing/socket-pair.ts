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

const mostBytes = 1 << 16

/** Two connected, non-blocking Unix sockets, closed at the end of a `using` block. */
export class SocketPair {
  readonly near: number
  readonly far: number
  readonly #open = new Set<number>()

  constructor() {
    const fds = new Int32Array(2)
    const result = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds)
    if (result < 0) throw osError(result, 'socketpair')
    const [near, far] = fds as unknown as [number, number]
    this.near = near
    this.far = far
    this.#open.add(near).add(far)
  }

  send(fd: number, text: string): void {
    const bytes = new TextEncoder().encode(text)
    const sent = write(fd, bytes, 0, bytes.length)
    if (sent < 0) throw osError(sent, 'write')
  }

  /** What has come in; `''` at the end of the stream. */
  receive(fd: number): string {
    const bytes = new Uint8Array(mostBytes)
    const got = read(fd, bytes, 0, bytes.length)
    if (got < 0) throw osError(got, 'read')
    return new TextDecoder().decode(bytes.subarray(0, got))
  }

  close(fd: number): void {
    if (this.#open.delete(fd)) close(fd)
  }

  [Symbol.dispose](): void {
    this.close(this.near)
    this.close(this.far)
  }
}
