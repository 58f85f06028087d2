import { readiness, type Files, type OpenFile } from './files.js'

export interface ModelKey {
  readonly events: number
  readonly data: number
}

export type Ready = [fd: number, mask: number, data: number]

/** What a selector must do, in a few lines. What fails throws the error's `code`. */
export abstract class SelectorModel {
  readonly keys = new Map<number, ModelKey>()
  protected readonly files: Files

  constructor(files: Files) {
    this.files = files
  }

  protected abstract attach(fd: number, events: number): void
  protected abstract change(fd: number, events: number): void
  protected abstract detach(fd: number): void
  abstract select(): Ready[]

  register(fd: number, events: number, data: number): void {
    if (this.keys.has(fd)) throw 'ERR_TSYNCIO_ALREADY_REGISTERED'
    this.attach(fd, events)
    this.keys.set(fd, { events, data })
  }

  modify(fd: number, events: number, data: number): void {
    if (this.#key(fd).events !== events) {
      try {
        this.change(fd, events)
      } catch (failure) {
        this.keys.delete(fd)
        throw failure
      }
    }
    this.keys.set(fd, { events, data })
  }

  unregister(fd: number): void {
    this.#key(fd)
    this.keys.delete(fd)
    this.detach(fd)
  }

  #key(fd: number): ModelKey {
    const key = this.keys.get(fd)
    if (key === undefined) throw 'ERR_TSYNCIO_NOT_REGISTERED'
    return key
  }
}

/** select and poll look at what each fd is when they are called. */
abstract class StatelessModel extends SelectorModel {
  protected attach(): void {}
  protected change(): void {}
  protected detach(): void {}

  protected abstract closed(key: ModelKey): number

  select(): Ready[] {
    const ready: Ready[] = []
    for (const [fd, key] of this.keys) {
      const file = this.files.at(fd)
      const mask = file === undefined ? this.closed(key) : readiness(file, key.events) & key.events
      if (mask !== 0) ready.push([fd, mask, key.data])
    }
    return ready
  }
}

export class SelectModel extends StatelessModel {
  protected closed(): never {
    throw 'EBADF'
  }
}

export class PollModel extends StatelessModel {
  protected closed(key: ModelKey): number {
    return key.events
  }
}

interface Watch {
  readonly fd: number
  readonly file: OpenFile
  events: number
}

/** epoll remembers pairs of an fd and the file that it was, until that file is gone. */
export class EpollModel extends SelectorModel {
  #watches: Watch[] = []

  protected attach(fd: number, events: number): void {
    const file = this.files.at(fd)
    if (file === undefined) throw 'EBADF'
    if (this.#watch(fd) !== undefined) throw 'EEXIST'
    this.#watches.push({ fd, file, events })
  }

  protected change(fd: number, events: number): void {
    if (this.files.at(fd) === undefined) throw 'EBADF'
    const watch = this.#watch(fd)
    if (watch === undefined) throw 'ENOENT'
    watch.events = events
  }

  protected detach(fd: number): void {
    const gone = this.#watch(fd)
    this.#watches = this.#watches.filter((watch) => watch !== gone)
  }

  select(): Ready[] {
    this.forgetClosedFiles()
    const ready: Ready[] = []
    for (const { fd, file, events } of this.#watches) {
      const key = this.keys.get(fd)
      const mask = key === undefined ? 0 : readiness(file, events) & key.events
      if (key !== undefined && mask !== 0) ready.push([fd, mask, key.data])
    }
    return ready
  }

  /** To be called after every close: a file that is gone never comes back. */
  forgetClosedFiles(): void {
    this.#watches = this.#watches.filter((watch) => watch.file.fds > 0)
  }

  #watch(fd: number): Watch | undefined {
    const file = this.files.at(fd)
    return this.#watches.find((watch) => watch.fd === fd && watch.file === file)
  }
}
