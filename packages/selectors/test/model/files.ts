import {
  AF_UNIX,
  close,
  dup3,
  F_DUPFD_CLOEXEC,
  fcntl,
  O_CLOEXEC,
  read,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socketpair,
  write,
} from '@tsyncio/syscalls'
import { EVENT_READ, EVENT_WRITE } from '@tsyncio/selectors'

// Above all that the test runner opens, so that a closed number stays closed until
// it is reused here; below what select() takes.
const FIRST_FD = 500
// More unread writes than this would make a socket unwritable.
const MOST_UNREAD = 16

/** What the kernel knows of one end of a connection, however many fds it has. */
export interface OpenFile {
  peer: OpenFile
  fds: number
  unread: number
}

/** Which of its interests a file is ready for, as a selector maps the kernel's bits. */
export function readiness(file: OpenFile, interest: number): number {
  const isHungUp = file.peer.fds === 0
  const isReadable = (interest & EVENT_READ) !== 0 && (file.unread > 0 || isHungUp)
  const isWritable = (interest & EVENT_WRITE) !== 0
  return (isReadable || isHungUp ? EVENT_READ : 0) | (isWritable || isHungUp ? EVENT_WRITE : 0)
}

/** Real fds, and beside them what the kernel must be thinking of each. */
export class Files {
  readonly #open = new Map<number, OpenFile>()
  readonly #everOpen = new Set<number>()

  at(fd: number): OpenFile | undefined {
    return this.#open.get(fd)
  }

  /** One of the fds that were ever open; there must be one. */
  anyFd(pick: number): number {
    const fds = [...this.#everOpen]
    return fds[pick % fds.length]!
  }

  /** One of the open fds, if there is one. */
  anyOpenFd(pick: number): number | undefined {
    const fds = [...this.#open.keys()]
    return fds[pick % fds.length]
  }

  openPair(): void {
    const fds = new Int32Array(2)
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds)
    const near: OpenFile = { peer: undefined as never, fds: 0, unread: 0 }
    const far: OpenFile = { peer: near, fds: 0, unread: 0 }
    near.peer = far
    for (const [i, file] of [near, far].entries()) {
      this.#add(fcntl(fds[i]!, F_DUPFD_CLOEXEC, FIRST_FD), file)
      close(fds[i]!)
    }
  }

  copy(fd: number): void {
    this.#add(fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD), this.#open.get(fd)!)
  }

  /** Makes `to` what `from` is, closing what it was. */
  replace(from: number, to: number): void {
    if (from === to) return
    dup3(from, to, O_CLOEXEC)
    const file = this.#open.get(from)!
    this.#drop(to)
    this.#add(to, file)
  }

  close(fd: number): void {
    close(fd)
    this.#drop(fd)
  }

  send(fd: number): void {
    const { peer } = this.#open.get(fd)!
    if (peer.fds === 0 || peer.unread === MOST_UNREAD) return
    write(fd, new Uint8Array(1), 0, 1)
    peer.unread++
  }

  receive(fd: number): void {
    const file = this.#open.get(fd)!
    read(fd, new Uint8Array(2 * MOST_UNREAD), 0, 2 * MOST_UNREAD)
    file.unread = 0
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open.keys()) close(fd)
  }

  #add(fd: number, file: OpenFile): void {
    this.#open.set(fd, file)
    this.#everOpen.add(fd)
    file.fds++
  }

  #drop(fd: number): void {
    const file = this.#open.get(fd)
    if (file === undefined) return
    this.#open.delete(fd)
    file.fds--
  }
}
