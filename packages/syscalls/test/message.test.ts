import {
  AF_INET,
  AF_UNIX,
  bind,
  decodeAddress,
  EAGAIN,
  encodeAddress,
  EPIPE,
  fcntl,
  F_GETFD,
  FD_CLOEXEC,
  getsockname,
  MSG_CTRUNC,
  MSG_PEEK,
  MSG_TRUNC,
  pipe2,
  read,
  recv,
  recvfrom,
  recvmsg,
  send,
  sendmsg,
  sendto,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOCKADDR_BYTES,
  socket,
  socketpair,
  write,
  setsockopt,
  SO_PASSCRED,
  SOL_SOCKET,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable } from './waiting.js'

expectNoLeaks()

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (buffer: Uint8Array, length: number) =>
  new TextDecoder().decode(buffer.subarray(0, length))

function streamPair(opened: Opened): [number, number] {
  return opened.pair((out) => socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out))
}

function udpSocket(opened: Opened): { fd: number; name: Uint8Array } {
  const fd = opened.fd(socket(AF_INET, SOCK_DGRAM, 0))
  bind(fd, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
  const name = new Uint8Array(SOCKADDR_BYTES)
  return { fd, name: name.slice(0, getsockname(fd, name)) }
}

describe('a stream', () => {
  it('can be peeked at', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    send(one, bytes('hello'), 0, 5, 0)
    const buffer = new Uint8Array(9)
    expect(recv(other, buffer, 0, 9, MSG_PEEK)).toBe(5)
    expect(recv(other, buffer, 0, 9, 0)).toBe(5)
    expect(recv(other, buffer, 0, 9, 0)).toBe(-EAGAIN)
  })

  it('takes and gives several buffers at once', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    expect(sendmsg(one, [bytes('he'), bytes('llo')], 0)).toBe(5)
    const [head, tail, out] = [new Uint8Array(1), new Uint8Array(9), new Int32Array(3)]
    expect(recvmsg(other, [head, tail], 0, null, out)).toBe(5)
    expect(text(head, 1) + text(tail, 4)).toBe('hello')
    expect(out).toEqual(Int32Array.of(0, 0, 0))
  })

  it('that is broken gives EPIPE, and no signal', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    opened.close(other)
    expect(send(one, bytes('x'), 0, 1, 0)).toBe(-EPIPE)
    expect(sendmsg(one, [bytes('x')], 0)).toBe(-EPIPE)
  })
})

describe('a datagram', () => {
  it('goes to an address and comes with one', () => {
    using opened = new Opened()
    const [one, other] = [udpSocket(opened), udpSocket(opened)]
    expect(sendto(one.fd, bytes('(hello)'), 1, 5, 0, other.name)).toBe(5)
    waitReadable(other.fd)
    const [buffer, from, out] = [
      new Uint8Array(9),
      new Uint8Array(SOCKADDR_BYTES),
      new Int32Array(1),
    ]
    expect(recvfrom(other.fd, buffer, 0, 9, 0, from, out)).toBe(5)
    expect(text(buffer, 5)).toBe('hello')
    expect(decodeAddress(from, out[0])).toEqual(decodeAddress(one.name))
  })

  it('says when it was longer than the buffer', () => {
    using opened = new Opened()
    const [one, other] = [udpSocket(opened), udpSocket(opened)]
    expect(sendmsg(one.fd, [bytes('hello, '), bytes('you')], 0, other.name)).toBe(10)
    expect(sendmsg(one.fd, [], 0, other.name)).toBe(0)
    waitReadable(other.fd)
    const [from, out] = [new Uint8Array(SOCKADDR_BYTES), new Int32Array(3)]
    expect(recvmsg(other.fd, [new Uint8Array(4)], 0, from, out)).toBe(4)
    expect(out[1]! & MSG_TRUNC).toBe(MSG_TRUNC)
    expect(decodeAddress(from, out[0])).toEqual(decodeAddress(one.name))
    waitReadable(other.fd)
    expect(recvmsg(other.fd, [new Uint8Array(4)], 0, from, out)).toBe(0)
    expect(out[1]! & MSG_TRUNC).toBe(0)
  })
})

describe('fds in a message', () => {
  it('arrive as new fds of the same files, close-on-exec', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    expect(sendmsg(one, [bytes('x')], 0, null, Int32Array.of(from, to))).toBe(1)
    const out = new Int32Array(6)
    expect(recvmsg(other, [new Uint8Array(1)], 0, null, out)).toBe(1)
    expect(out[2]).toBe(2)
    const [newFrom, newTo] = [opened.fd(out[3]!), opened.fd(out[4]!)]
    expect(fcntl(newTo, F_GETFD, 0)).toBe(FD_CLOEXEC)
    expect(write(newTo, bytes('through'), 0, 7)).toBe(7)
    expect(read(from, new Uint8Array(9), 0, 9)).toBe(7)
    expect(newFrom).not.toBe(from)
  })

  it.each([
    [1, 4],
    [0, 3],
  ])('that find no room are closed: %i of 3 are taken', (taken, words) => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    sendmsg(one, [bytes('x')], 0, null, Int32Array.of(one, one, one))
    const before = openFdCount()
    const out = new Int32Array(words)
    expect(recvmsg(other, [new Uint8Array(1)], 0, null, out)).toBe(1)
    expect(out[1]! & MSG_CTRUNC).toBe(MSG_CTRUNC)
    expect(out[2]).toBe(taken)
    expect(openFdCount()).toBe(before + taken)
    if (taken === 1) opened.fd(out[3]!)
  })

  it('have their room, though the system tells who has sent them', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    expect(setsockopt(other, SOL_SOCKET, SO_PASSCRED, 1)).toBe(0)
    const out = new Int32Array(4)
    for (const fds of [null, Int32Array.of(one)]) {
      expect(sendmsg(one, [bytes('x')], 0, null, fds)).toBe(1)
      expect(recvmsg(other, [new Uint8Array(1)], 0, null, out)).toBe(1)
      expect(out[1]! & MSG_CTRUNC).toBe(0)
      expect(out[2]).toBe(fds === null ? 0 : 1)
    }
    opened.fd(out[3]!)
  })

  it('are at most 253', () => {
    using opened = new Opened()
    const [one, other] = streamPair(opened)
    expect(sendmsg(one, [bytes('x')], 0, null, new Int32Array(253).fill(one))).toBe(1)
    const out = new Int32Array(300)
    expect(recvmsg(other, [new Uint8Array(1)], 0, null, out)).toBe(1)
    expect(out[2]).toBe(253)
    for (const fd of out.subarray(3, 256)) opened.fd(fd)
    expect(() => sendmsg(one, [bytes('x')], 0, null, new Int32Array(254).fill(one))).toThrow(
      RangeError,
    )
  })
})
