// A layer of system calls that fail on purpose, below everything that streams do. It
// replaces the functions of the native binary itself, so that production code has no seam
// and pays for none (docs/design/decisions/0049-faults-below-everything.md). Only fds that
// were made while it stands are hit: the loop's own calls are not its subject.
import {
  EINPROGRESS,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  MSG_CTRUNC,
  SO_ERROR,
  SOCK_DGRAM,
} from '@tsyncio/syscalls'
import type { SeededRandom } from '@tsyncio/streams/testing/vitest'

import { fatal, passing } from './errors-of.js'
import { nativeCalls } from './native-calls.js'

type Numbers = (...args: never[]) => number

/** How often a call fails: from 0 to 1. */
export interface FaultRates {
  /** For good. */
  readonly fatal: number
  /** EAGAIN although it is ready, EINTR, and fewer bytes than there are. */
  readonly passing: number
}

export class FaultyCalls {
  /** How often which fault was put in: `read ECONNRESET` and the like, by number. */
  readonly faults: string[] = []
  /** The fds that were made and are not closed. */
  readonly open = new Set<number>()
  /** Those of them that carry datagrams, which go whole or not at all. */
  readonly #datagrams = new Set<number>()
  readonly #random: SeededRandom
  readonly #rates: FaultRates
  readonly #real: Record<string, Numbers> = {}

  constructor(random: SeededRandom, rates: FaultRates) {
    this.#random = random
    this.#rates = rates
    this.#replaceMakers()
    for (const name of ['read', 'write', 'recv', 'send'] as const) this.#replaceBuffered(name)
    for (const name of ['readv', 'writev'] as const) this.#replaceVectored(name)
    for (const name of ['bind', 'listen', 'shutdown', 'setsockopt'] as const) this.#replace(name)
    for (const name of ['getsockname', 'getpeername'] as const) this.#replace(name)
    for (const name of ['sendto', 'recvfrom'] as const) this.#replace(name)
    this.#replaceMessages()
    this.#replaceSendfile()
    this.#replaceConnect()
    this.#replaceEpollCtl()
    this.#replaceClose()
  }

  /** From now on all calls are the real ones again. */
  [Symbol.dispose](): void {
    Object.assign(nativeCalls, this.#real)
  }

  #set(name: string, make: (real: (...args: number[]) => number) => unknown): void {
    const real = nativeCalls[name]!
    this.#real[name] = real
    nativeCalls[name] = make(real as never) as never
  }

  /** `-errno` if the call is to fail, else 0. */
  #fault(name: string): number {
    const { fatal: good, passing: again } = this.#rates
    const chance = this.#random.next()
    const errors = chance < good ? fatal[name] : chance < good + again ? passing[name] : undefined
    if (errors === undefined) return 0
    const errno = this.#random.pick(errors)
    this.faults.push(`${name} ${errno}`)
    return -errno
  }

  #isShort(fd: number): boolean {
    return !this.#datagrams.has(fd) && this.#random.next() < this.#rates.passing
  }

  #track(fd: number): number {
    if (fd >= 0) this.open.add(fd)
    return fd
  }

  /** The beginning of what is there, at least a byte. */
  #someOf(buffers: Uint8Array[]): Uint8Array[] {
    const some = buffers.slice(0, this.#random.size(buffers.length))
    const last = some.pop() as Uint8Array
    return [...some, last.subarray(0, Math.max(1, this.#random.below(last.length + 1)))]
  }

  #replace(name: string): void {
    this.#set(name, (real) => (fd: number, ...rest: number[]) => {
      const errno = this.open.has(fd) ? this.#fault(name) : 0
      return errno === 0 ? real(fd, ...rest) : errno
    })
  }

  #replaceBuffered(name: 'read' | 'write' | 'recv' | 'send'): void {
    this.#set(
      name,
      (real) => (fd: number, buffer: never, at: number, length: number, flags: number) => {
        if (!this.open.has(fd)) return real(fd, buffer, at, length, flags)
        const errno = this.#fault(name)
        if (errno !== 0) return errno
        const size = this.#isShort(fd) && length > 0 ? this.#random.size(length) : length
        return real(fd, buffer, at, size, flags)
      },
    )
  }

  #replaceVectored(name: 'readv' | 'writev'): void {
    this.#set(name, (real) => (fd: number, buffers: Uint8Array[]) => {
      if (!this.open.has(fd)) return real(fd, buffers as never)
      const errno = this.#fault(name)
      if (errno !== 0) return errno
      return real(fd, (this.#isShort(fd) ? this.#someOf(buffers) : buffers) as never)
    })
  }

  // More than 3 words are room for fds: those that come are ours, or were lost on the way.
  #replaceMessages(): void {
    this.#set(
      'sendmsg',
      (real) => (fd: number, buffers: Uint8Array[], flags: number, to: never, fds: never) => {
        const errno = this.open.has(fd) ? this.#fault('sendmsg') : 0
        if (errno !== 0) return errno
        const isShort = this.open.has(fd) && this.#isShort(fd)
        return real(fd, (isShort ? this.#someOf(buffers) : buffers) as never, flags, to, fds)
      },
    )
    this.#set(
      'recvmsg',
      (real) => (fd: number, buffers: Uint8Array[], flags: number, from: never, out: never) => {
        if (!this.open.has(fd)) return real(fd, buffers as never, flags, from, out)
        const errno = this.#fault('recvmsg')
        if (errno !== 0) return errno
        const some = this.#isShort(fd) ? this.#someOf(buffers) : buffers
        const result = real(fd, some as never, flags, from, out)
        if (result >= 0) this.#fdsCame(out as Int32Array)
        return result
      },
    )
  }

  // With no room for one more fd in the process, the kernel drops it and says so.
  #fdsCame(out: Int32Array): void {
    const count = out[2] as number
    for (const fd of out.subarray(3, 3 + count)) this.#track(fd)
    if (count === 0 || this.#random.next() >= this.#rates.fatal) return
    this.faults.push('recvmsg MSG_CTRUNC')
    nativeCalls['close']!(out[2 + count] as never)
    out[1] = (out[1] as number) | MSG_CTRUNC
    out[2] = count - 1
  }

  #replaceSendfile(): void {
    this.#set('sendfile', (real) => (to: number, from: number, at: number, length: number) => {
      const errno = this.open.has(to) ? this.#fault('sendfile') : 0
      if (errno !== 0) return errno
      const isShort = this.open.has(to) && this.#isShort(to)
      return real(to, from, at, isShort ? this.#random.size(length) : length)
    })
  }

  #replaceMakers(): void {
    this.#set('socket', (real) => (...args: [number, number, number]) => {
      const fd = this.#fault('socket') || this.#track(real(...args))
      if (fd >= 0 && isDatagram(args[1])) this.#datagrams.add(fd)
      return fd
    })
    for (const name of ['accept4', 'dup'] as const) {
      this.#set(name, (real) => (fd: number, ...rest: number[]) => {
        if (!this.open.has(fd)) return real(fd, ...rest)
        return this.#fault(name) || this.#track(real(fd, ...rest))
      })
    }
    for (const name of ['socketpair', 'pipe2'] as const) {
      this.#set(name, (real) => (...args: number[]) => {
        const result = real(...args)
        const out = args.find((each) => typeof each === 'object') as unknown as Int32Array
        if (result === 0) out.forEach((fd) => this.#track(fd))
        if (result === 0 && name === 'socketpair' && isDatagram(args[1] as number))
          out.forEach((fd) => this.#datagrams.add(fd))
        return result
      })
    }
  }

  // The kernel goes on to connect after EINTR. What fails later is found in SO_ERROR.
  #replaceConnect(): void {
    this.#set('connect', (real) => (fd: number, address: never, length: never) => {
      const errno = this.open.has(fd) ? this.#fault('connect') : 0
      if (errno !== 0 && !passing['connect']!.includes(-errno)) return errno
      const result = real(fd, address, length)
      return errno !== 0 && (result === 0 || result === -EINPROGRESS) ? errno : result
    })
    this.#set('getsockopt', (real) => (fd: number, level: number, name: number) => {
      const result = real(fd, level, name)
      if (result !== 0 || name !== SO_ERROR || !this.open.has(fd)) return result
      return this.#random.next() < this.#rates.fatal ? this.#random.pick(fatal['connect']!) : 0
    })
  }

  // Only a new registration takes room that can be short; to ask for less never fails.
  #replaceEpollCtl(): void {
    this.#set('epollCtl', (real) => (epfd: number, op: number, fd: number, events: number) => {
      if (op === EPOLL_CTL_DEL || !this.open.has(fd)) return real(epfd, op, fd, events)
      const errno = op === EPOLL_CTL_ADD ? this.#fault('epollCtl') : 0
      return errno === 0 ? real(epfd, op, fd, events) : errno
    })
  }

  #replaceClose(): void {
    this.#set('close', (real) => (fd: number) => {
      if (!this.open.delete(fd)) return real(fd)
      this.#datagrams.delete(fd)
      const errno = this.#fault('close')
      return real(fd) || errno
    })
  }
}

// The type may have SOCK_NONBLOCK and SOCK_CLOEXEC beside it.
function isDatagram(type: number): boolean {
  return (type & 0xf) === SOCK_DGRAM
}
