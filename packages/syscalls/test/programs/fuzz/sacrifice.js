// Fds that may be closed, overwritten and shut down. They have numbers from FIRST on;
// what the process itself needs lies below.
import { readdirSync } from 'node:fs'

export const FIRST = 500
const COUNT = 32

/** What a sacrificial fd may be, made anew each time. */
function makers(addon) {
  const out = new Int32Array(3)
  const pair = (make, end) => () => {
    if (make() < 0) return -1
    addon.close(out[1 - end])
    return out[end]
  }
  const NONBLOCK = 0o4000
  return [
    () => addon.socket(2, 1, 0),
    () => addon.socket(2, 2, 0),
    () => addon.socket(1, 1, 0),
    () => addon.eventfd(0, NONBLOCK),
    () => addon.epollCreate1(0),
    () => addon.timerfdCreate(1, NONBLOCK),
    pair(() => addon.openpty(out), 0),
    pair(() => addon.openpty(out), 1),
    pair(() => addon.pipe2(out, NONBLOCK), 0),
    pair(() => addon.pipe2(out, NONBLOCK), 1),
    pair(() => addon.socketpair(1, 1 | NONBLOCK, 0, out), 0),
    pair(() => addon.socketpair(1, 2 | NONBLOCK, 0, out), 0),
  ]
}

const openFds = () => readdirSync('/proc/self/fd').map(Number)

/** Keeps the sacrificial fds open and non-blocking, and closes what calls have made. */
export class Sacrifice {
  #addon
  #makers
  #keep

  constructor(addon) {
    this.#addon = addon
    this.#makers = makers(addon)
    this.#keep = new Set(openFds())
    this.renew()
  }

  /** Nothing that is open now will be closed. */
  protect() {
    for (const fd of openFds()) if (fd < FIRST) this.#keep.add(fd)
  }

  renew() {
    const open = new Set(openFds())
    for (const fd of open) {
      const isOurs = fd >= FIRST && fd < FIRST + COUNT
      if (!this.#keep.has(fd) && !isOurs) this.#addon.close(fd)
    }
    for (let fd = FIRST; fd < FIRST + COUNT; fd++) {
      if (!open.has(fd)) this.#place(fd)
      this.#addon.fcntl(fd, 4, 0o4000)
    }
  }

  #place(fd) {
    const made = this.#makers[fd % this.#makers.length]()
    if (made < 0) return
    this.#addon.dup3(made, fd, 0)
    this.#addon.close(made)
  }

  /** Makes an fd number harmless: what the process needs becomes a sacrificial one. */
  static harmless(value) {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31) return value
    return FIRST + (value % (COUNT + 2))
  }
}
