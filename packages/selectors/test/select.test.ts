import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  AF_INET,
  bind,
  close,
  connect,
  dup3,
  encodeAddress,
  getsockname,
  listen,
  accept4,
  MSG_OOB,
  O_CLOEXEC,
  send,
  SOCK_STREAM,
  SOCKADDR_BYTES,
  socket,
} from '@tsyncio/syscalls'
import { select } from '@tsyncio/selectors'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../src/testing/alarm.js'
import { EndpointPair } from '../src/testing/endpoint.js'
import { SignalStorm } from '../src/testing/signal-storm.js'
import { leakCheck } from './leak-check.js'

leakCheck()

describe('select', () => {
  it('gives the very objects that are ready, in the order of each list', () => {
    using first = new EndpointPair()
    using second = new EndpointPair()
    first.far.send('x')
    second.far.send('x')
    const objects = [second.near, { fd: first.far.fileno() }, first.near.fileno()]
    const [readable, writable, exceptional] = select(objects, objects, objects)
    expect(readable).toEqual([second.near, first.near.fileno()])
    expect(readable[0]).toBe(second.near)
    expect(writable).toEqual(objects)
    expect(writable[1]).toBe(objects[1])
    expect(exceptional).toEqual([])
  })

  it('gives an object twice that was given twice', () => {
    using pair = new EndpointPair()
    const { near } = pair
    expect(select([], [near, near, near.fileno()], [])[1]).toEqual([near, near, near.fileno()])
  })

  it('takes any iterable', () => {
    using pair = new EndpointPair()
    expect(select(new Set<number>(), new Set([pair.near]), [].values(), 0)[1]).toEqual([pair.near])
  })

  it('gives three new empty lists after the timeout', () => {
    const reads: number[] = []
    const lists = select(reads, [], [], 1)
    expect(lists).toEqual([[], [], []])
    expect(new Set([...lists, reads]).size).toBe(4)
  })

  it('just waits when there is nothing to watch', () => {
    const start = performance.now()
    select([], [], [], 20)
    expect(performance.now() - start).toBeGreaterThanOrEqual(20)
  })

  it('is never early, whatever the fraction', () => {
    for (let timeout = 0.01; timeout < 2; timeout += 0.037) {
      const start = performance.now()
      select([], [], [], timeout)
      expect(performance.now() - start).toBeGreaterThanOrEqual(timeout)
    }
  })

  it('waits for ever without a timeout', () => {
    using alarm = new Alarm(5)
    expect(select([alarm], [], [])).toEqual([[alarm], [], []])
    expect(select([alarm], [], [], null)).toEqual([[alarm], [], []])
  })

  it('goes on waiting after a signal', async () => {
    using pair = new EndpointPair()
    const signals = new SignalStorm()
    const start = performance.now()
    expect(select([pair.near], [], [], 150)).toEqual([[], [], []])
    expect(performance.now() - start).toBeGreaterThanOrEqual(150)
    expect(await signals.end()).toBeGreaterThan(0)
  })

  it('follows the output of a process to its end', async () => {
    using pair = new EndpointPair()
    const script = 'for i in 0 1 2 3 4; do echo testing; sleep 0.01; done'
    const child = spawn('/bin/sh', ['-c', script], {
      stdio: ['ignore', pair.far.fileno(), 'inherit'],
    })
    const ended = once(child, 'exit')
    pair.far.close()
    let output = ''
    for (let bytes = 'x'; bytes !== ''; output += bytes) {
      expect(select([pair.near], [], [], 10_000)).toEqual([[pair.near], [], []])
      bytes = pair.near.receive()
    }
    expect(output).toBe('testing\n'.repeat(5))
    await ended
  })

  it('reports urgent data as exceptional', () => {
    const listener = socket(AF_INET, SOCK_STREAM, 0)
    bind(listener, encodeAddress({ family: 'IPv4', address: '127.0.0.1', port: 0 }))
    listen(listener, 1)
    const address = new Uint8Array(SOCKADDR_BYTES)
    const length = getsockname(listener, address)
    const client = socket(AF_INET, SOCK_STREAM, 0)
    connect(client, address, length)
    expect(select([listener], [], [], 10_000)[0]).toEqual([listener])
    const server = accept4(listener)
    send(client, new Uint8Array(1), 0, 1, MSG_OOB)
    expect(select([], [], [server], 10_000)).toEqual([[], [], [server]])
    for (const fd of [listener, client, server]) close(fd)
  })

  it('survives a fileno() that changes the list', () => {
    using pair = new EndpointPair()
    const list: { fileno(): number }[] = []
    const fileno = () => {
      list.pop()
      return pair.near.fileno()
    }
    for (let i = 0; i < 10; i++) list.push({ fileno })
    const given = [...list]
    expect(select([], list, [])[1]).toEqual(given)
  })

  it('refuses what is no list of file objects', () => {
    for (const bad of [1, null, undefined, {}, 'abc', [{}], ['1'], [{ fileno: () => 'x' }]]) {
      expect(() => select(bad as never, [], [], 0)).toThrow(TypeError)
      expect(() => select([], bad as never, [], 0)).toThrow(TypeError)
      expect(() => select([], [], bad as never, 0)).toThrow(TypeError)
    }
    expect(() => select([-1], [], [], 0)).toThrow(RangeError)
  })

  it('refuses a timeout that is none', () => {
    expect(() => select([], [], [], -1)).toThrow('select(): timeout must not be negative: got -1')
    expect(() => select([], [], [], Number.NaN)).toThrow(RangeError)
    expect(() => select([], [], [], 'soon' as never)).toThrow(TypeError)
  })

  it('refuses an fd that does not fit into the set', () => {
    using pair = new EndpointPair()
    expect(dup3(pair.near.fileno(), 1024, O_CLOEXEC)).toBe(1024)
    const message = 'select(): fd 1024 does not fit, the highest is 1023: use poll or epoll'
    expect(() => select([], [1024], [], 0)).toThrow(new RangeError(message))
    expect(() => select([1024], [], [], 0)).toThrow(new RangeError(message))
    expect(() => select([], [], [2 ** 31 - 1], 0)).toThrow(RangeError)
    close(1024)
    expect(dup3(pair.near.fileno(), 1023, O_CLOEXEC)).toBe(1023)
    expect(select([], [1023], [], 0)[1]).toEqual([1023])
    close(1023)
  })

  it('refuses more objects than fit into the set', () => {
    using pair = new EndpointPair()
    const most = new Array<number>(1024).fill(pair.near.fileno())
    expect(select([], most, [], 0)[1]).toEqual(most)
    expect(() => select([], [...most, 1], [], 0)).toThrow(RangeError)
  })

  it('throws EBADF for an fd that is not open', () => {
    const pair = new EndpointPair()
    const fd = pair.near.fileno()
    pair[Symbol.dispose]()
    const error = expect.objectContaining({ code: 'EBADF', syscall: 'select' })
    expect(() => select([fd], [], [], 0)).toThrow(error)
    expect(() => select([], [], [fd], 0)).toThrow(error)
  })

  it('throws EBADF also for an fd above all that were ever open', () => {
    expect(() => select([1020], [], [], 0)).toThrow(expect.objectContaining({ code: 'EBADF' }))
    expect(() => select([1020], [], [], 1)).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })
})
