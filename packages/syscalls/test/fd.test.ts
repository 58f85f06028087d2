import {
  adoptFd,
  close,
  dup,
  dup3,
  EAGAIN,
  EBADF,
  EFD_NONBLOCK,
  EFD_SEMAPHORE,
  EINVAL,
  EPIPE,
  eventfd,
  fcntl,
  F_DUPFD,
  F_GETFD,
  F_GETFL,
  F_GETPIPE_SZ,
  F_SETFL,
  F_SETPIPE_SZ,
  FD_CLOEXEC,
  O_NONBLOCK,
  pipe2,
  read,
  readv,
  releaseFd,
  sendfile,
  write,
  writev,
} from '@tsyncio/syscalls'
import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'

const bytes = (text: string) => new TextEncoder().encode(text)

expectNoLeaks()

describe('a pipe', () => {
  it('carries bytes from one end to the other, at the offsets given', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    expect(write(to, bytes('hello'), 1, 3)).toBe(3)
    const buffer = new Uint8Array(6)
    expect(read(from, buffer, 2, 4)).toBe(3)
    expect(buffer).toEqual(Uint8Array.of(0, 0, 0x65, 0x6c, 0x6c, 0))
  })

  it('is close-on-exec whatever the flags say, and non-blocking when they say so', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, O_NONBLOCK))
    const [blocking] = opened.pair((out) => pipe2(out, 0))
    expect([from, to, blocking].map((fd) => fcntl(fd, F_GETFD, 0))).toEqual(
      Array(3).fill(FD_CLOEXEC),
    )
    expect(fcntl(from, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    expect(fcntl(blocking, F_GETFL, 0) & O_NONBLOCK).toBe(0)
    expect(read(from, new Uint8Array(1), 0, 1)).toBe(-EAGAIN)
  })

  it('ends with 0 bytes when the other end is closed, and breaks with EPIPE, without a signal', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    opened.close(to)
    expect(read(from, new Uint8Array(1), 0, 1)).toBe(0)
    const [unread, writable] = opened.pair((out) => pipe2(out, 0))
    opened.close(unread)
    expect(write(writable, bytes('x'), 0, 1)).toBe(-EPIPE)
  })

  it('has a size that can be read and set', () => {
    using opened = new Opened()
    const [from] = opened.pair((out) => pipe2(out, 0))
    expect(fcntl(from, F_SETPIPE_SZ, 8192)).toBe(8192)
    expect(fcntl(from, F_GETPIPE_SZ, 0)).toBe(8192)
  })
})

describe('sendfile', () => {
  it('sends a part of a file, and leaves its position alone', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, O_NONBLOCK))
    const file = openSync(new URL(import.meta.url), 'r')
    expect(sendfile(to, file, 3, 5)).toBe(5)
    expect(sendfile(to, file, 2 ** 40, 5)).toBe(0)
    const [sent, read8] = [new Uint8Array(10), new Uint8Array(8)]
    expect(read(from, sent, 0, 10)).toBe(5)
    expect(read(file, read8, 0, 8)).toBe(8)
    expect(sent.subarray(0, 5)).toEqual(read8.subarray(3))
    closeSync(file)
    expect(sendfile(to, from, 0, 5)).toBeLessThan(0)
    expect(() => sendfile(to, from, -1, 5)).toThrow(RangeError)
    expect(() => sendfile(to, from, 0, 2 ** 31)).toThrow(RangeError)
  })
})

describe('readv and writev', () => {
  it('take the buffers in order', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    expect(writev(to, [bytes('ab'), bytes(''), bytes('cdef')])).toBe(6)
    const [first, second] = [new Uint8Array(1), new Uint8Array(10)]
    expect(readv(from, [first, second])).toBe(6)
    expect(first).toEqual(bytes('a'))
    expect(second.subarray(0, 5)).toEqual(bytes('bcdef'))
  })

  it('take 1,024 buffers and refuse one more', () => {
    using opened = new Opened()
    const [, to] = opened.pair((out) => pipe2(out, 0))
    expect(writev(to, Array<Uint8Array>(1024).fill(bytes('ab')))).toBe(2048)
    expect(() => writev(to, Array<Uint8Array>(1025).fill(bytes('ab')))).toThrow(RangeError)
    expect(() => readv(to, Array<Uint8Array>(1025).fill(bytes('ab')))).toThrow(
      'readv(): argument "buffers" is out of range in readv(fd, buffers)',
    )
  })

  it('see the memory as it is after the last getter of the array ran', () => {
    using opened = new Opened()
    const [, to] = opened.pair((out) => pipe2(out, 0))
    const first = new Uint8Array(64 * 1024)
    const buffers = [first, first]
    Object.defineProperty(buffers, 1, {
      get() {
        structuredClone(first.buffer, { transfer: [first.buffer] })
        return bytes('ab')
      },
    })
    expect(writev(to, buffers)).toBe(2)
  })
})

describe('an eventfd', () => {
  it('counts what is written and gives it at once', () => {
    using opened = new Opened()
    const fd = opened.fd(eventfd(3, EFD_NONBLOCK))
    const one = new Uint8Array(BigUint64Array.of(1n).buffer)
    expect(write(fd, one, 0, 8)).toBe(8)
    const count = new BigUint64Array(1)
    expect(read(fd, new Uint8Array(count.buffer), 0, 8)).toBe(8)
    expect(count[0]).toBe(4n)
    expect(read(fd, one, 0, 8)).toBe(-EAGAIN)
  })

  it('gives one at a time as a semaphore', () => {
    using opened = new Opened()
    const fd = opened.fd(eventfd(2, EFD_NONBLOCK | EFD_SEMAPHORE))
    const results = [1, 2, 3].map(() => read(fd, new Uint8Array(8), 0, 8))
    expect(results).toEqual([8, 8, -EAGAIN])
  })
})

describe('duplicates', () => {
  it('share what they are fds of, and are close-on-exec', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    const copies = [opened.fd(dup(to)), opened.fd(fcntl(to, F_DUPFD, 0))]
    for (const copy of copies) {
      expect(write(copy, bytes('x'), 0, 1)).toBe(1)
      expect(fcntl(copy, F_GETFD, 0)).toBe(FD_CLOEXEC)
    }
    expect(read(from, new Uint8Array(9), 0, 9)).toBe(2)
  })

  it('take the number that dup3 is given, closing what it was', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    const [, target] = opened.pair((out) => pipe2(out, 0))
    expect(dup3(to, target, 0)).toBe(target)
    expect(write(target, bytes('x'), 0, 1)).toBe(1)
    expect(read(from, new Uint8Array(9), 0, 9)).toBe(1)
    expect(dup3(to, to, 0)).toBe(-EINVAL)
  })
})

describe('fcntl', () => {
  it('sets the flags of an open file', () => {
    using opened = new Opened()
    const [from] = opened.pair((out) => pipe2(out, 0))
    expect(fcntl(from, F_SETFL, O_NONBLOCK)).toBe(0)
    expect(fcntl(from, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
  })

  it('refuses commands whose argument is a pointer', () => {
    using opened = new Opened()
    const [from] = opened.pair((out) => pipe2(out, 0))
    const [F_GETLK, F_GETOWN_EX] = [5, 16]
    expect(fcntl(from, F_GETLK, 0)).toBe(-EINVAL)
    expect(fcntl(from, F_GETOWN_EX, 0)).toBe(-EINVAL)
  })
})

describe('an fd', () => {
  it('is gone after close', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    opened.close(from)
    expect(read(from, new Uint8Array(1), 0, 1)).toBe(-EBADF)
    expect(close(from)).toBe(-EBADF)
    expect(adoptFd(from)).toBe(-EBADF)
    expect(adoptFd(to)).toBe(to)
    expect(releaseFd(to)).toBe(to)
  })

  it('must be a whole number that an fd can be, and the slice inside of the buffer', () => {
    const buffer = new Uint8Array(4)
    const call = (...args: unknown[]) => (read as (...args: unknown[]) => number)(...args)
    for (const fd of [-1, 1.5, NaN, Infinity, 2 ** 31]) {
      expect(() => call(fd, buffer, 0, 4)).toThrow(RangeError)
    }
    for (const fd of ['0', null, undefined, {}, 0n, Symbol('0')]) {
      expect(() => call(fd, buffer, 0, 4)).toThrow(TypeError)
    }
    expect(() => call(0, buffer, 5, 0)).toThrow('argument "offset" is out of range')
    expect(() => call(0, buffer, 1, 4)).toThrow('argument "length" is out of range')
    expect(() => call(0, [1, 2], 0, 1)).toThrow('argument "buffer" has the wrong type')
    expect(() => call(0, new Uint16Array(4), 0, 1)).toThrow(TypeError)
  })
})
