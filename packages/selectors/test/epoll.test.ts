import { closeSync, openSync } from 'node:fs'
import {
  ClosedSelectorError,
  Epoll,
  EPOLL_CLOEXEC,
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLRDHUP,
} from '@tsyncio/selectors'
import { F_GETFD, FD_CLOEXEC, fcntl, read, shutdown, SHUT_WR } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../src/testing/alarm.js'
import { EndpointPair } from '../src/testing/endpoint.js'
import { SignalStorm } from '../src/testing/signal-storm.js'
import { leakCheck } from './leak-check.js'

leakCheck()

const osError = (code: string) => expect.objectContaining({ name: 'OSError', code })

describe('Epoll', () => {
  it('is open until it is closed, which may be done twice', () => {
    const epoll = new Epoll({ sizehint: 16 })
    expect(epoll.fileno()).toBeGreaterThan(0)
    expect(epoll.closed).toBe(false)
    epoll.close()
    expect(epoll.closed).toBe(true)
    epoll.close()
  })

  it('is closed by using', () => {
    let left: Epoll
    {
      using epoll = new Epoll()
      left = epoll
    }
    expect(left.closed).toBe(true)
  })

  it('refuses every use when it is closed', () => {
    using pair = new EndpointPair()
    const epoll = new Epoll()
    epoll.close()
    expect(() => epoll.fileno()).toThrow(ClosedSelectorError)
    expect(() => epoll.register(pair.near)).toThrow(ClosedSelectorError)
    expect(() => epoll.modify(pair.near, EPOLLIN)).toThrow(ClosedSelectorError)
    expect(() => epoll.unregister(pair.near)).toThrow(ClosedSelectorError)
    expect(() => epoll.poll(0)).toThrow(ClosedSelectorError)
    expect(() => epoll.pollInto(new Int32Array(2), 0)).toThrow(ClosedSelectorError)
  })

  it('is not inherited by processes, whatever the flags', () => {
    for (const flags of [0, EPOLL_CLOEXEC]) {
      using epoll = new Epoll({ flags })
      expect(fcntl(epoll.fileno(), F_GETFD, 0)).toBe(FD_CLOEXEC)
    }
  })

  it('refuses other flags and sizes', () => {
    expect(() => new Epoll({ flags: 12_356 })).toThrow(RangeError)
    for (const sizehint of [0, -2, Number.NaN, 'foo' as never]) {
      expect(() => new Epoll({ sizehint })).toThrow(RangeError)
    }
  })

  it('watches a file object or an fd', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    epoll.register(pair.near, EPOLLOUT)
    epoll.register(pair.far.fileno(), EPOLLIN | EPOLLOUT)
    expect(epoll.poll(1000).sort()).toEqual(
      [
        [pair.near.fileno(), EPOLLOUT],
        [pair.far.fileno(), EPOLLOUT],
      ].sort(),
    )
  })

  it('watches for EPOLLIN, EPOLLPRI and EPOLLOUT unless told otherwise', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    epoll.register(pair.near)
    pair.far.send('x')
    expect(epoll.poll()).toEqual([[pair.near.fileno(), EPOLLIN | EPOLLOUT]])
  })

  it('refuses what is no file object, and what the kernel refuses', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    for (const bad of [{}, null, 'x']) expect(() => epoll.register(bad as never)).toThrow(TypeError)
    expect(() => epoll.register(-1, EPOLLIN)).toThrow(RangeError)
    expect(() => epoll.register(10_000, EPOLLIN)).toThrow(osError('EBADF'))
    expect(() => epoll.register(epoll, EPOLLIN)).toThrow(osError('EINVAL'))
    epoll.register(pair.near)
    expect(() => epoll.register(pair.near)).toThrow(osError('EEXIST'))
    expect(() => epoll.modify(pair.far, EPOLLIN)).toThrow(osError('ENOENT'))
    expect(() => epoll.unregister(pair.far)).toThrow(osError('ENOENT'))
    const file = openSync('/proc/self/exe', 'r')
    expect(() => epoll.register(file, EPOLLIN)).toThrow(osError('EPERM'))
    closeSync(file)
  })

  it('refuses a mask that is none', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    for (const bad of [-(2 ** 31) - 1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => epoll.register(pair.near, bad)).toThrow(RangeError)
      expect(() => epoll.modify(pair.near, bad)).toThrow(RangeError)
    }
    expect(() => epoll.register(pair.near, 'x' as never)).toThrow(TypeError)
  })

  it('throws EBADF when it unregisters a closed fd', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    const fd = pair.near.fileno()
    epoll.register(pair.near)
    expect(epoll.poll(1000)).toHaveLength(1)
    pair.near.close()
    expect(() => epoll.unregister(fd)).toThrow(osError('EBADF'))
    expect(epoll.poll(0)).toEqual([])
  })

  it('reports an edge once with EPOLLET', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    const fd = pair.near.fileno()
    epoll.register(pair.near, EPOLLIN | EPOLLOUT | EPOLLET)
    expect(epoll.poll(1000, 4)).toEqual([[fd, EPOLLOUT]])
    expect(epoll.poll(1, 4)).toEqual([])
    pair.far.send('Hello!')
    expect(epoll.poll(1000, 4)).toEqual([[fd, EPOLLIN | EPOLLOUT]])
    expect(epoll.poll(0)).toEqual([])
    pair.far.send('again')
    expect(epoll.poll(1000)).toEqual([[fd, EPOLLIN | EPOLLOUT]])
    epoll.modify(pair.near, EPOLLOUT)
    expect(epoll.poll(1000)).toEqual([[fd, EPOLLOUT]])
    epoll.unregister(pair.near)
    expect(epoll.poll(0)).toEqual([])
  })

  it('says nothing with EPOLLET of bytes that were left, until it is modified', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    const fd = pair.near.fileno()
    epoll.register(pair.near, EPOLLIN | EPOLLET)
    pair.far.send('Hello!')
    expect(epoll.poll(1000)).toEqual([[fd, EPOLLIN]])
    expect(read(fd, new Uint8Array(1), 0, 1)).toBe(1)
    expect(epoll.poll(0)).toEqual([])
    epoll.modify(pair.near, EPOLLIN | EPOLLET)
    expect(epoll.poll(0)).toEqual([[fd, EPOLLIN]])
  })

  it('disarms with EPOLLONESHOT until it is modified', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    const event = [pair.near.fileno(), EPOLLOUT]
    epoll.register(pair.near, EPOLLOUT | EPOLLONESHOT)
    expect(epoll.poll(1000)).toEqual([event])
    expect(epoll.poll(0)).toEqual([])
    epoll.modify(pair.near, EPOLLOUT | EPOLLONESHOT)
    expect(epoll.poll(1000)).toEqual([event])
    expect(epoll.poll(0)).toEqual([])
  })

  it('takes EPOLLEXCLUSIVE, which cannot be modified', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    epoll.register(pair.near, EPOLLIN | EPOLLEXCLUSIVE)
    expect(() => epoll.modify(pair.near, EPOLLIN | EPOLLEXCLUSIVE)).toThrow(osError('EINVAL'))
    expect(() => epoll.modify(pair.near, EPOLLIN)).toThrow(osError('EINVAL'))
    pair.far.send('x')
    expect(epoll.poll(1000)).toEqual([[pair.near.fileno(), EPOLLIN]])
  })

  it('tells a peer that stopped writing from one that is gone', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    const fd = pair.near.fileno()
    epoll.register(pair.near, EPOLLIN | EPOLLRDHUP)
    shutdown(pair.far.fileno(), SHUT_WR)
    expect(epoll.poll(1000)).toEqual([[fd, EPOLLIN | EPOLLRDHUP]])
    epoll.modify(pair.near, 0)
    expect(epoll.poll(0)).toEqual([])
    pair.near.send('unread')
    pair.far.close()
    const [, events] = epoll.poll(1000)[0]!
    expect(events & (EPOLLHUP | EPOLLERR)).not.toBe(0)
  })

  it('takes EPOLLET signed and unsigned', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    expect(EPOLLET).toBe(2 ** 31)
    for (const mask of [EPOLLOUT | EPOLLET, EPOLLOUT + EPOLLET]) {
      epoll.register(pair.near, mask)
      expect(epoll.poll(1000)).toHaveLength(1)
      expect(epoll.poll(0)).toHaveLength(0)
      epoll.unregister(pair.near)
    }
  })

  it('wraps an epoll fd without a copy', () => {
    using pair = new EndpointPair()
    const epoll = new Epoll()
    const wrapped = Epoll.fromFd(epoll.fileno())
    expect(wrapped.fileno()).toBe(epoll.fileno())
    wrapped.register(pair.near, EPOLLIN | EPOLLOUT)
    wrapped.register(pair.far, EPOLLIN | EPOLLOUT)
    expect(epoll.poll(1000, 4)).toHaveLength(2)
    expect(wrapped.poll(900, 4)).toHaveLength(2)
    epoll.close()
    expect(() => wrapped.poll(1000, 4)).toThrow(osError('EBADF'))
    wrapped.close()
  })

  it('cannot be watched in a circle', () => {
    using first = new Epoll()
    using second = new Epoll()
    first.register(second)
    expect(() => second.register(first)).toThrow(osError('ELOOP'))
  })

  it('wraps only what is an fd', () => {
    expect(() => Epoll.fromFd('x' as never)).toThrow(TypeError)
    expect(() => Epoll.fromFd(-1)).toThrow(RangeError)
  })

  it('returns no more events than asked for, and the others next', () => {
    using pair = new EndpointPair()
    using other = new EndpointPair()
    using epoll = new Epoll()
    const fds = [pair.near, pair.far, other.near].map((end) => end.fileno())
    for (const fd of fds) epoll.register(fd, EPOLLOUT)
    const seen = fds.map(() => epoll.poll(1000, 1)).flat()
    expect(seen.map(([fd]) => fd).sort()).toEqual(fds.sort())
    expect(epoll.poll(1000, 1_000_000)).toHaveLength(3)
  })

  it('refuses a number of events that is none', () => {
    using epoll = new Epoll()
    for (const bad of [0, -2, 1.5, Number.NaN]) {
      expect(() => epoll.poll(0, bad)).toThrow(RangeError)
    }
    expect(() => epoll.poll(0, 'x' as never)).toThrow(TypeError)
    expect(() => epoll.pollInto(new Int32Array(1), 0)).toThrow(RangeError)
    expect(() => epoll.pollInto(new Uint8Array(8) as never, 0)).toThrow(TypeError)
  })

  it('fills an array of the caller', () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    epoll.register(pair.near, EPOLLOUT | EPOLLET)
    const events = new Int32Array(4)
    expect(epoll.pollInto(events, 1000)).toBe(1)
    expect([...events]).toEqual([pair.near.fileno(), EPOLLOUT, 0, 0])
    expect(epoll.pollInto(events, 0)).toBe(0)
  })

  it('refuses a timeout that is none', () => {
    using epoll = new Epoll()
    expect(() => epoll.poll(Number.NaN)).toThrow(RangeError)
    expect(() => epoll.poll('1' as never)).toThrow(TypeError)
  })

  it.each([null, undefined, -1000, -0.1, -Infinity, Infinity, 2 ** 31, 2 ** 64])(
    'waits for ever with a timeout of %s',
    (timeout) => {
      using alarm = new Alarm(5)
      using epoll = new Epoll()
      epoll.register(alarm, EPOLLIN)
      expect(epoll.poll(timeout)).toEqual([[alarm.fd, EPOLLIN]])
    },
  )

  it('goes on waiting after a signal', async () => {
    using pair = new EndpointPair()
    using epoll = new Epoll()
    epoll.register(pair.near, EPOLLIN)
    const signals = new SignalStorm()
    const start = performance.now()
    expect(epoll.poll(150)).toEqual([])
    expect(performance.now() - start).toBeGreaterThanOrEqual(150)
    expect(await signals.end()).toBeGreaterThan(0)
  })
})
