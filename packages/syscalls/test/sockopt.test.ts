import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  ENOPROTOOPT,
  getpid,
  getsockopt,
  getsockoptBytes,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  setsockopt,
  setsockoptBytes,
  SO_LINGER,
  SO_PEERCRED,
  SO_REUSEADDR,
  SO_TYPE,
  SOCK_DGRAM,
  SOCK_STREAM,
  socket,
  socketpair,
  SOL_SOCKET,
  TCP_NODELAY,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'

expectNoLeaks()

describe('socket options', () => {
  it.each([
    ['SO_REUSEADDR', AF_INET, SOL_SOCKET, SO_REUSEADDR],
    ['TCP_NODELAY', AF_INET, IPPROTO_TCP, TCP_NODELAY],
    ['IPV6_V6ONLY', AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY],
  ])('that are ints are set and read: %s', (_, domain, level, name) => {
    using opened = new Opened()
    const fd = opened.fd(socket(domain, SOCK_STREAM, 0))
    for (const value of [1, 0, 1]) {
      expect(setsockopt(fd, level, name, value)).toBe(0)
      expect(getsockopt(fd, level, name)).toBe(value)
    }
  })

  it('that are structs are set and read as bytes', () => {
    using opened = new Opened()
    const fd = opened.fd(socket(AF_INET, SOCK_STREAM, 0))
    const linger = new Uint8Array(Int32Array.of(1, 30).buffer)
    expect(setsockoptBytes(fd, SOL_SOCKET, SO_LINGER, linger)).toBe(0)
    const out = new Uint8Array(16)
    expect(getsockoptBytes(fd, SOL_SOCKET, SO_LINGER, out)).toBe(8)
    expect(out.subarray(0, 8)).toEqual(linger)
  })

  it('say who is at the other end of a Unix socket', () => {
    using opened = new Opened()
    const [one] = opened.pair((out) => socketpair(AF_UNIX, SOCK_STREAM, 0, out))
    const credentials = new Int32Array(3)
    expect(getsockoptBytes(one, SOL_SOCKET, SO_PEERCRED, new Uint8Array(credentials.buffer))).toBe(
      12,
    )
    expect([...credentials]).toEqual([getpid(), process.getuid!(), process.getgid!()])
  })

  it('say what is not known', () => {
    using opened = new Opened()
    const fd = opened.fd(socket(AF_INET, SOCK_DGRAM, 0))
    expect(getsockopt(fd, SOL_SOCKET, SO_TYPE)).toBe(SOCK_DGRAM)
    expect(getsockopt(fd, SOL_SOCKET, 9999)).toBe(-ENOPROTOOPT)
    expect(setsockopt(fd, SOL_SOCKET, 9999, 1)).toBe(-ENOPROTOOPT)
  })
})
