// Echo by callbacks on the loop: one slab for all connections, and what was received is
// sent from where it lies. Only what the peer does not take is copied.
import { getEventLoop } from '@tsyncio/loop'
import {
  accept4,
  AF_INET,
  bind,
  close,
  EAGAIN,
  encodeAddress,
  IPPROTO_TCP,
  listen,
  osError,
  recv,
  send,
  setsockopt,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socket,
  SOL_SOCKET,
  TCP_NODELAY,
} from '@tsyncio/syscalls'

const loop = getEventLoop()
const slab = Buffer.allocUnsafeSlow(65_536)

function hangUp(fd: number): void {
  loop.removeReader(fd)
  close(fd)
}

function sendRest(fd: number, rest: Buffer): void {
  const sent = send(fd, rest, 0, rest.length, 0)
  if (sent === -EAGAIN) return
  loop.removeWriter(fd)
  if (sent < 0) return hangUp(fd)
  if (sent < rest.length) loop.addWriter(fd, sendRest, fd, rest.subarray(sent))
  else loop.addReader(fd, echo, fd)
}

function echo(fd: number): void {
  const length = recv(fd, slab, 0, slab.length, 0)
  if (length === -EAGAIN) return
  if (length <= 0) return hangUp(fd)
  const sent = send(fd, slab, 0, length, 0)
  if (sent === length) return
  if (sent < 0 && sent !== -EAGAIN) return hangUp(fd)
  loop.removeReader(fd)
  loop.addWriter(fd, sendRest, fd, Buffer.from(slab.subarray(Math.max(sent, 0), length)))
}

function accept(listener: number): void {
  for (let fd: number; (fd = accept4(listener)) >= 0;) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, 1)
    loop.addReader(fd, echo, fd)
  }
}

function done(result: number, call: string): number {
  if (result < 0) throw osError(result, call)
  return result
}

const listener = done(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), 'socket')
setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, 1)
const address = encodeAddress({
  family: 'IPv4',
  address: '127.0.0.1',
  port: Number(process.argv[2]),
})
done(bind(listener, address), 'bind')
done(listen(listener, 511), 'listen')
loop.addReader(listener, accept, listener)
console.log('ready')
