import { EVENT_READ, EVENT_WRITE, SelectSelector } from '@tsyncio/selectors'
import { describeSelector } from '@tsyncio/selectors/testing'
import { close, dup3, O_CLOEXEC } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'
import { EndpointPair } from '../src/testing/endpoint.js'
import { leakCheck } from './leak-check.js'

describeSelector('SelectSelector', () => new SelectSelector())

describe('SelectSelector', () => {
  leakCheck()

  it('refuses an fd of 1,024 when it selects, and recovers', () => {
    using pair = new EndpointPair()
    using selector = new SelectSelector()
    const key = selector.register(pair.near, EVENT_WRITE)
    expect(dup3(pair.near.fileno(), 1024, O_CLOEXEC)).toBe(1024)
    expect(selector.register(1024, EVENT_WRITE).fd).toBe(1024)
    expect(() => selector.select(0)).toThrow(RangeError)
    selector.unregister(1024)
    expect(selector.select(0)).toEqual([[key, EVENT_WRITE]])
    close(1024)
  })

  it('throws EBADF when an fd was closed while registered', () => {
    using pair = new EndpointPair()
    using selector = new SelectSelector()
    const { fd } = selector.register(pair.near, EVENT_READ)
    pair.near.close()
    expect(() => selector.select(0)).toThrow(
      expect.objectContaining({ name: 'OSError', code: 'EBADF', syscall: 'select' }),
    )
    selector.unregister(fd)
    expect(selector.select(0)).toEqual([])
  })

  it('grows with what is registered', () => {
    using selector = new SelectSelector()
    const pairs = Array.from({ length: 40 }, () => new EndpointPair())
    for (const { near } of pairs) selector.register(near, EVENT_READ | EVENT_WRITE)
    pairs[39]!.far.send('x')
    const ready = selector.select(0)
    expect(ready).toHaveLength(40)
    expect(ready[39]![1]).toBe(EVENT_READ | EVENT_WRITE)
    for (const pair of pairs) pair[Symbol.dispose]()
  })
})
