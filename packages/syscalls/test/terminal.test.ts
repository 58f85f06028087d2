import { fstatSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  EBADF,
  ECHO,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  fcntl,
  getWindowSize,
  isatty,
  O_NONBLOCK,
  openpty,
  ENOTTY,
  EAGAIN,
  EIO,
  pipe2,
  read,
  setWindowSize,
  TCSANOW,
  tcgetattr,
  tcgetpgrp,
  tcsetattr,
  TERMIOS_WORDS,
  TermiosWord,
  write,
} from '@tsyncio/syscalls'

import { addon } from '../src/load-addon.js'
import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable } from './waiting.js'

expectNoLeaks()

const calls = { getWindowSize, isatty, tcgetattr, tcgetpgrp }

function openPair(opened: Opened): [controller: number, terminal: number, number: number] {
  const out = new Int32Array(3)
  expect(openpty(out)).toBe(0)
  return [opened.fd(out[0]!), opened.fd(out[1]!), out[2]!]
}

describe('a pair of terminals', () => {
  for (const usePeer of [1, 0]) {
    it(`is opened ${usePeer === 1 ? 'without a path' : 'by its path, on an old kernel'}`, () => {
      const had = addon.openptyUsePeer(usePeer)
      try {
        using opened = new Opened()
        const [controller, terminal, number] = openPair(opened)
        expect([isatty(controller), isatty(terminal)]).toEqual([1, 1])
        expect(fcntl(controller, F_GETFD, 0) & FD_CLOEXEC).toBe(FD_CLOEXEC)
        expect(fcntl(terminal, F_GETFD, 0) & FD_CLOEXEC).toBe(FD_CLOEXEC)
        expect(fcntl(controller, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
        expect(fcntl(terminal, F_GETFL, 0) & O_NONBLOCK).toBe(0)
        const again = opened.fd(openSync(`/dev/pts/${number}`, 'r+'))
        expect(fstatSync(again).rdev).toBe(fstatSync(terminal).rdev)
      } finally {
        addon.openptyUsePeer(had)
      }
    })
  }

  it('carries bytes, and what was written last is read before EIO', () => {
    using opened = new Opened()
    const [controller, terminal] = openPair(opened)
    const buffer = new Uint8Array(100)
    expect(read(controller, buffer, 0, 100)).toBe(-EAGAIN)
    expect(write(terminal, Buffer.from('last\n'), 0, 5)).toBe(5)
    opened.close(terminal)
    waitReadable(controller)
    expect(read(controller, buffer, 0, 100)).toBe(6)
    expect(String(Buffer.from(buffer.subarray(0, 6)))).toBe('last\r\n')
    expect(read(controller, buffer, 0, 100)).toBe(-EIO)
  })

  it('has one size, seen from both ends', () => {
    using opened = new Opened()
    const [controller, terminal] = openPair(opened)
    const size = new Int32Array(2)
    expect(getWindowSize(terminal, size)).toBe(0)
    expect([...size]).toEqual([0, 0])
    expect(setWindowSize(controller, 132, 65_535)).toBe(0)
    expect(getWindowSize(terminal, size)).toBe(0)
    expect([...size]).toEqual([132, 65_535])
    for (const bad of [-1, 65_536, 1.5, NaN]) {
      expect(() => setWindowSize(controller, bad, 1)).toThrow('argument "columns" is out of range')
      expect(() => setWindowSize(controller, 1, bad)).toThrow('argument "rows" is out of range')
    }
  })

  it('has modes, which can be changed from either end', () => {
    using opened = new Opened()
    const [controller, terminal] = openPair(opened)
    const mode = new Int32Array(TERMIOS_WORDS)
    expect(tcgetattr(terminal, mode)).toBe(0)
    expect(mode[TermiosWord.local]! & ECHO).toBe(ECHO)
    mode[TermiosWord.local]! &= ~ECHO
    expect(tcsetattr(controller, TCSANOW, mode)).toBe(0)
    const changed = new Int32Array(TERMIOS_WORDS)
    expect(tcgetattr(terminal, changed)).toBe(0)
    expect([...changed]).toEqual([...mode])
    expect(() => tcsetattr(terminal, 7, mode)).toThrow('argument "when" is out of range')
    expect(() => tcgetattr(terminal, new Int32Array(4))).toThrow('"out" is out of range')
  })

  it('has no foreground group while it is nobody’s controlling terminal', () => {
    using opened = new Opened()
    const [controller] = openPair(opened)
    expect(tcgetpgrp(controller)).toBe(0)
  })
})

describe('what is no terminal', () => {
  it('is ENOTTY, and what is not open EBADF', () => {
    using opened = new Opened()
    const [fd] = opened.pair((out) => pipe2(out, 0))
    const memory = new Int32Array(TERMIOS_WORDS)
    for (const [name, call] of Object.entries(calls)) {
      expect(call(fd, memory), name).toBe(-ENOTTY)
      expect(call(99_999, memory), name).toBe(-EBADF)
    }
    expect(setWindowSize(fd, 1, 1)).toBe(-ENOTTY)
    expect(tcsetattr(fd, TCSANOW, memory)).toBe(-ENOTTY)
  })
})
