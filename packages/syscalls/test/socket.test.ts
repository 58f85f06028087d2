import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  accept4,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  bind,
  close,
  connect,
  decodeAddress,
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  EINPROGRESS,
  encodeAddress,
  ENODEV,
  ENOENT,
  ENOTCONN,
  fcntl,
  F_GETFD,
  F_GETFL,
  FD_CLOEXEC,
  getpeername,
  getsockname,
  getsockopt,
  ifNameToIndex,
  listen,
  O_NONBLOCK,
  recv,
  send,
  SHUT_WR,
  shutdown,
  SO_ERROR,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOCKADDR_BYTES,
  socket,
  socketpair,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable, waitWritable } from './waiting.js'

expectNoLeaks()

function nameOf(call: (fd: number, out: Uint8Array) => number, fd: number): Address | undefined {
  const bytes = new Uint8Array(SOCKADDR_BYTES)
  const length = call(fd, bytes)
  expect(length).toBeGreaterThan(0)
  return decodeAddress(bytes, length)
}

function listenAt(opened: Opened, domain: number, address: Address): number {
  const server = opened.fd(socket(domain, SOCK_STREAM, 0))
  expect(bind(server, encodeAddress(address))).toBe(0)
  expect(listen(server, 10)).toBe(0)
  return server
}

function accept(opened: Opened, server: number): { peer: number; address: Address | undefined } {
  const [bytes, out] = [new Uint8Array(SOCKADDR_BYTES), new Int32Array(1)]
  waitReadable(server)
  const peer = opened.fd(accept4(server, bytes, out))
  return { peer, address: decodeAddress(bytes, out[0]) }
}

describe.each<[string, number, Address]>([
  ['IPv4', AF_INET, { family: 'IPv4', address: '127.0.0.1', port: 0 }],
  ['IPv6', AF_INET6, { family: 'IPv6', address: '::1', port: 0 }],
])('a TCP connection over %s', (_, domain, address) => {
  it('is made, named, used and half-closed', () => {
    using opened = new Opened()
    const server = listenAt(opened, domain, address)
    expect(accept4(server)).toBe(-EAGAIN)
    const serverName = nameOf(getsockname, server)!
    expect(serverName).toMatchObject({ ...address, port: expect.any(Number) as number })

    const client = opened.fd(socket(domain, SOCK_STREAM, 0))
    expect(connect(client, encodeAddress(serverName))).toBe(-EINPROGRESS)
    const { peer, address: clientName } = accept(opened, server)
    waitWritable(client)
    expect(getsockopt(client, SOL_SOCKET, SO_ERROR)).toBe(0)
    expect(nameOf(getpeername, client)).toEqual(serverName)
    expect(nameOf(getsockname, client)).toEqual(clientName)
    expect(nameOf(getpeername, peer)).toEqual(clientName)

    expect(send(client, Uint8Array.of(1, 2, 3), 1, 2, 0)).toBe(2)
    expect(shutdown(client, SHUT_WR)).toBe(0)
    const buffer = new Uint8Array(4)
    waitReadable(peer)
    expect(recv(peer, buffer, 1, 3, 0)).toBe(2)
    expect(buffer).toEqual(Uint8Array.of(0, 2, 3, 0))
    waitReadable(peer)
    expect(recv(peer, buffer, 0, 4, 0)).toBe(0)
    expect(send(peer, buffer, 0, 4, 0)).toBe(4)
  })
})

describe('a new socket', () => {
  it('is non-blocking and close-on-exec, also when it is accepted', () => {
    using opened = new Opened()
    const server = listenAt(opened, AF_INET, { family: 'IPv4', address: '127.0.0.1', port: 0 })
    const client = opened.fd(socket(AF_INET, SOCK_STREAM, 0))
    connect(client, encodeAddress(nameOf(getsockname, server)!))
    const { peer } = accept(opened, server)
    for (const fd of [server, client, peer]) {
      expect(fcntl(fd, F_GETFD, 0)).toBe(FD_CLOEXEC)
      expect(fcntl(fd, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    }
  })

  it('is blocking in a pair unless the type says so, and close-on-exec', () => {
    using opened = new Opened()
    const blocking = opened.pair((out) => socketpair(AF_UNIX, SOCK_STREAM, 0, out))
    const other = opened.pair((out) => socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, out))
    for (const fd of blocking) expect(fcntl(fd, F_GETFL, 0) & O_NONBLOCK).toBe(0)
    for (const fd of other) expect(fcntl(fd, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    for (const fd of [...blocking, ...other]) expect(fcntl(fd, F_GETFD, 0)).toBe(FD_CLOEXEC)
  })
})

describe('a refusal', () => {
  it('of a connection is found in SO_ERROR once the fd is writable', () => {
    using opened = new Opened()
    const address = { family: 'IPv4', address: '127.0.0.1', port: 0 } as const
    const server = listenAt(opened, AF_INET, address)
    const nobody = encodeAddress(nameOf(getsockname, server)!)
    opened.close(server)
    const client = opened.fd(socket(AF_INET, SOCK_STREAM, 0))
    expect(connect(client, nobody)).toBe(-EINPROGRESS)
    waitWritable(client)
    expect(getsockopt(client, SOL_SOCKET, SO_ERROR)).toBe(ECONNREFUSED)
  })

  it('of an address in use is EADDRINUSE, of a missing path ENOENT, of a name too early ENOTCONN', () => {
    using opened = new Opened()
    const server = listenAt(opened, AF_INET, { family: 'IPv4', address: '127.0.0.1', port: 0 })
    const other = opened.fd(socket(AF_INET, SOCK_STREAM, 0))
    expect(bind(other, encodeAddress(nameOf(getsockname, server)!))).toBe(-EADDRINUSE)
    expect(getpeername(other, new Uint8Array(SOCKADDR_BYTES))).toBe(-ENOTCONN)
    const unix = opened.fd(socket(AF_UNIX, SOCK_STREAM, 0))
    expect(connect(unix, encodeAddress({ path: '/nowhere/at/all' }))).toBe(-ENOENT)
  })
})

describe('a Unix socket', () => {
  it('listens at a path', () => {
    using opened = new Opened()
    const folder = mkdtempSync(join(tmpdir(), 'tsyncio-'))
    const path = join(folder, 'socket')
    const server = listenAt(opened, AF_UNIX, { path })
    expect(nameOf(getsockname, server)).toEqual({ family: 'Unix', path })
    const client = opened.fd(socket(AF_UNIX, SOCK_STREAM, 0))
    expect(connect(client, encodeAddress({ path }))).toBe(0)
    expect(accept(opened, server).address).toEqual({ family: 'Unix', path: '' })
    rmSync(folder, { recursive: true })
  })

  it('listens at an abstract name, which may contain NUL', () => {
    using opened = new Opened()
    const path = `\0tsyncio\0${process.pid}`
    const server = listenAt(opened, AF_UNIX, { path })
    expect(nameOf(getsockname, server)).toEqual({ family: 'Unix', path })
    const client = opened.fd(socket(AF_UNIX, SOCK_STREAM, 0))
    expect(connect(client, encodeAddress({ path }))).toBe(0)
    expect(nameOf(getpeername, client)).toEqual({ family: 'Unix', path })
  })

  it('gets a name of the kernel when it is bound to none', () => {
    using opened = new Opened()
    const server = opened.fd(socket(AF_UNIX, SOCK_STREAM, 0))
    expect(bind(server, encodeAddress({ path: '' }))).toBe(0)
    expect(nameOf(getsockname, server)).toMatchObject({
      path: expect.stringMatching(/^\0[0-9a-f]{5}$/) as string,
    })
  })
})

describe('an address', () => {
  it('may lie at the beginning of a longer array', () => {
    using opened = new Opened()
    const bytes = new Uint8Array(SOCKADDR_BYTES)
    bytes.set(encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
    const server = opened.fd(socket(AF_INET, SOCK_STREAM, 0))
    expect(bind(server, bytes, 16)).toBe(0)
    expect(() => bind(server, bytes, 129)).toThrow('argument "length" is out of range')
  })

  it('that was cut off says how long it would have been', () => {
    using opened = new Opened()
    const server = listenAt(opened, AF_INET, { family: 'IPv4', address: '127.0.0.1', port: 0 })
    expect(getsockname(server, new Uint8Array(2))).toBe(16)
    expect(close(opened.fd(socket(AF_UNIX, SOCK_STREAM, 0)))).toBe(0)
  })
})

describe('the name of an interface', () => {
  it('stands for its index', () => {
    const index = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'))
    expect(ifNameToIndex('lo')).toBe(index)
    expect(ifNameToIndex('fifteen-bytes-1')).toBe(-ENODEV)
  })

  it('has 1 to 15 bytes, none of which is NUL', () => {
    for (const name of ['', 'x'.repeat(16)]) {
      expect(() => ifNameToIndex(name)).toThrow('argument "name" is out of range')
    }
    expect(() => ifNameToIndex('lo\0')).toThrow('contains a NUL character')
    expect(() => ifNameToIndex(1 as never)).toThrow(TypeError)
  })
})
