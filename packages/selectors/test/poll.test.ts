import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  NotRegisteredError,
  Poll,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
} from '@tsyncio/selectors'
import { close, pipe2, read, shutdown, SHUT_WR, write } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../src/testing/alarm.js'
import { EndpointPair } from '../src/testing/endpoint.js'
import { SignalStorm } from '../src/testing/signal-storm.js'
import { leakCheck } from './leak-check.js'

leakCheck()

function pipe(): [number, number] {
  const ends = new Int32Array(2)
  pipe2(ends, 0)
  return [ends[0]!, ends[1]!]
}

describe('Poll', () => {
  it('keeps twelve pipes apart', () => {
    const poll = new Poll()
    const message = new TextEncoder().encode('This is a test.')
    const readers = new Map<number, number>()
    for (let i = 0; i < 12; i++) {
      const [reader, writer] = pipe()
      poll.register(reader)
      poll.modify(reader, POLLIN)
      poll.register(writer, POLLOUT)
      readers.set(writer, reader)
    }
    while (readers.size > 0) {
      const writers = poll.poll().filter(([, revents]) => revents & POLLOUT)
      expect(writers).toHaveLength(readers.size)
      const writer = writers[readers.size >> 1]![0]
      const reader = readers.get(writer)!
      write(writer, message, 0, message.length)
      expect(poll.poll().filter(([, revents]) => revents & POLLIN)).toEqual([[reader, POLLIN]])
      expect(read(reader, new Uint8Array(100), 0, 100)).toBe(message.length)
      for (const fd of [reader, writer]) {
        close(fd)
        poll.unregister(fd)
      }
      readers.delete(writer)
    }
  })

  it('watches for POLLIN, POLLPRI and POLLOUT unless told otherwise', () => {
    using pair = new EndpointPair()
    const poll = new Poll()
    poll.register(pair.near)
    pair.far.send('x')
    expect(poll.poll()).toEqual([[pair.near.fileno(), POLLIN | POLLOUT]])
  })

  it("gives the kernel's bits untouched", () => {
    using pair = new EndpointPair()
    const poll = new Poll()
    poll.register(pair.near, POLLRDHUP)
    expect(poll.poll(0)).toEqual([])
    shutdown(pair.far.fileno(), SHUT_WR)
    expect(poll.poll()).toEqual([[pair.near.fileno(), POLLRDHUP]])
    poll.modify(pair.near, 0)
    expect(poll.poll(0)).toEqual([])
    pair.far.close()
    expect(poll.poll()).toEqual([[pair.near.fileno(), POLLHUP]])
  })

  it('reports the reader that a pipe lost as POLLERR', () => {
    const [reader, writer] = pipe()
    const poll = new Poll()
    poll.register(writer, POLLOUT)
    close(reader)
    expect(poll.poll()).toEqual([[writer, POLLOUT | POLLERR]])
    close(writer)
  })

  it('reports an fd that is not open as POLLNVAL', () => {
    const [reader, writer] = pipe()
    close(reader)
    close(writer)
    const poll = new Poll()
    poll.register(reader)
    expect(poll.poll()).toEqual([[reader, POLLNVAL]])
  })

  it('takes a regular file, until it is closed', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsyncio-'))
    const fd = openSync(join(directory, 'file'), 'w')
    const poll = new Poll()
    poll.register({ fd })
    expect(poll.poll()[0]![0]).toBe(fd)
    closeSync(fd)
    rmSync(directory, { recursive: true })
    expect(poll.poll()).toEqual([[fd, POLLNVAL]])
  })

  it('replaces the mask when a file object is registered again', () => {
    using pair = new EndpointPair()
    const poll = new Poll()
    poll.register(pair.near, POLLIN)
    poll.register(pair.near.fileno(), POLLOUT)
    expect(poll.poll()).toEqual([[pair.near.fileno(), POLLOUT]])
    poll.unregister(pair.near)
    expect(poll.poll(0)).toEqual([])
  })

  it('grows with what is registered, and keeps the rest when one goes', () => {
    const pairs = Array.from({ length: 40 }, () => new EndpointPair())
    const poll = new Poll()
    for (const pair of pairs) poll.register(pair.near, POLLOUT)
    const gone = pairs.filter((_, i) => i % 3 === 0)
    for (const pair of gone) poll.unregister(pair.near)
    const left = pairs.filter((pair) => !gone.includes(pair)).map((pair) => pair.near.fileno())
    expect(poll.poll().map(([fd]) => fd)).toEqual(expect.arrayContaining(left))
    expect(poll.poll()).toHaveLength(left.length)
    for (const pair of pairs) pair[Symbol.dispose]()
  })

  it('throws ENOENT when it modifies what is not registered', () => {
    const error = expect.objectContaining({ name: 'OSError', code: 'ENOENT' })
    expect(() => new Poll().modify(3, POLLIN)).toThrow(error)
  })

  it('throws NotRegisteredError when it unregisters what is not registered', () => {
    expect(() => new Poll().unregister(3)).toThrow(NotRegisteredError)
  })

  it('refuses what is no file object', () => {
    const poll = new Poll()
    for (const bad of [poll, {}, { fileno: () => 'x' }, '1', undefined]) {
      expect(() => poll.register(bad as never, 0)).toThrow(TypeError)
      expect(() => poll.modify(bad as never, 0)).toThrow(TypeError)
      expect(() => poll.unregister(bad as never)).toThrow(TypeError)
    }
    expect(() => poll.register(-1)).toThrow(RangeError)
  })

  it('refuses a mask that does not fit into a short', () => {
    const poll = new Poll()
    poll.register(1, 0xffff)
    for (const bad of [-1, 0x1_0000, 2 ** 64, 1.5, Number.NaN]) {
      expect(() => poll.register(0, bad)).toThrow(RangeError)
      expect(() => poll.modify(1, bad)).toThrow(RangeError)
    }
    expect(() => poll.register(0, '1' as never)).toThrow(TypeError)
    expect(() => poll.register(0, null as never)).toThrow(TypeError)
    expect(() => poll.modify(1, undefined as never)).toThrow(TypeError)
  })

  it('refuses a timeout that is none', () => {
    expect(() => new Poll().poll(Number.NaN)).toThrow(RangeError)
    expect(() => new Poll().poll('1' as never)).toThrow(TypeError)
  })

  it.each([null, undefined, -1000, -1, -0.1, -1e-100, Infinity, 2 ** 31, 2 ** 32, 2 ** 64])(
    'waits for ever with a timeout of %s',
    (timeout) => {
      using alarm = new Alarm(5)
      const poll = new Poll()
      poll.register(alarm, POLLIN | POLLPRI)
      expect(poll.poll(timeout)).toEqual([[alarm.fd, POLLIN]])
    },
  )

  it('is never early, whatever the fraction', () => {
    const poll = new Poll()
    for (let timeout = 0.01; timeout < 2; timeout += 0.037) {
      const start = performance.now()
      expect(poll.poll(timeout)).toEqual([])
      expect(performance.now() - start).toBeGreaterThanOrEqual(timeout)
    }
  })

  it('goes on waiting after a signal', async () => {
    using pair = new EndpointPair()
    const poll = new Poll()
    poll.register(pair.near, POLLIN)
    const signals = new SignalStorm()
    const start = performance.now()
    expect(poll.poll(150)).toEqual([])
    expect(performance.now() - start).toBeGreaterThanOrEqual(150)
    expect(await signals.end()).toBeGreaterThan(0)
  })
})
