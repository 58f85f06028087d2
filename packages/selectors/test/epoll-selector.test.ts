import { openSync, closeSync } from 'node:fs'
import { ClosedSelectorError, EpollSelector, EVENT_READ, EVENT_WRITE } from '@tsyncio/selectors'
import { describeScalableSelector, describeSelector } from '@tsyncio/selectors/testing'
import { close, dup, dup3, O_CLOEXEC } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'
import { addon } from '../../syscalls/src/load-addon.js'
import { EndpointPair } from '../src/testing/endpoint.js'
import { leakCheck } from './leak-check.js'

describeSelector('EpollSelector', () => new EpollSelector())
describeScalableSelector('EpollSelector', () => new EpollSelector())

describe('EpollSelector without epoll_pwait2', () => {
  describeSelector('waiting', () => {
    addon.epollUsePwait2(0)
    return new EpollSelector()
  })

  it('was tested without it', () => {
    expect(addon.epollUsePwait2(1)).toBe(0)
  })
})

describe('EpollSelector', () => {
  leakCheck()

  it('has an fd that is readable while something is ready', () => {
    using pair = new EndpointPair()
    using outer = new EpollSelector()
    using inner = new EpollSelector()
    inner.register(pair.near, EVENT_READ)
    const key = outer.register(inner, EVENT_READ)
    expect(key.fd).toBe(inner.fileno())
    expect(outer.select(0)).toEqual([])
    pair.far.send('x')
    expect(outer.select(1000)).toEqual([[key, EVENT_READ]])
  })

  it('has no fd when it is closed', () => {
    const selector = new EpollSelector()
    selector.close()
    expect(() => selector.fileno()).toThrow(ClosedSelectorError)
  })

  it('honours timeouts below a millisecond', () => {
    using selector = new EpollSelector()
    const waits = Array.from({ length: 50 }, () => {
      const start = performance.now()
      selector.select(0.1)
      return performance.now() - start
    })
    expect(Math.min(...waits)).toBeLessThan(1)
  })

  it('registers nothing that the kernel refuses', () => {
    using selector = new EpollSelector()
    const file = openSync('/proc/self/exe', 'r')
    expect(() => selector.register(file, EVENT_READ)).toThrow(
      expect.objectContaining({ code: 'EPERM', syscall: 'epoll_ctl' }),
    )
    closeSync(file)
    expect(() => selector.register(file, EVENT_READ)).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    )
    expect(selector.getMap()?.size).toBe(0)
  })

  it('forgets what the kernel refuses to modify', () => {
    using pair = new EndpointPair()
    using selector = new EpollSelector()
    const { fd } = selector.register(pair.near, EVENT_READ)
    pair.near.close()
    expect(() => selector.modify(fd, EVENT_WRITE)).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    )
    expect(selector.getMap()?.size).toBe(0)
  })

  it('no longer reports an fd that was closed while registered', () => {
    using pair = new EndpointPair()
    using selector = new EpollSelector()
    selector.register(pair.near, EVENT_WRITE)
    pair.near.close()
    expect(selector.select(0)).toEqual([])
  })

  it('goes on reporting a closed fd of which there is a copy', () => {
    using pair = new EndpointPair()
    using selector = new EpollSelector()
    const key = selector.register(pair.near, EVENT_WRITE)
    const copy = dup(pair.near.fileno())
    pair.near.close()
    expect(selector.select(0)).toEqual([[key, EVENT_WRITE]])
    close(copy)
    expect(selector.select(0)).toEqual([])
  })

  it('passes over a file that was closed before it was unregistered', () => {
    using pair = new EndpointPair()
    using selector = new EpollSelector()
    const key = selector.register(pair.near, EVENT_WRITE)
    const copy = dup(key.fd)
    pair.near.close()
    selector.unregister(key.fd)
    expect(selector.select(60_000)).toEqual([])
    close(copy)
  })

  it('takes an old file for the new one of the same fd, if it was not unregistered in time', () => {
    using pair = new EndpointPair()
    using other = new EndpointPair()
    using selector = new EpollSelector()
    const { fd } = selector.register(pair.near, EVENT_WRITE)
    const copy = dup(fd)
    pair.near.close()
    dup3(other.near.fileno(), fd, O_CLOEXEC)
    selector.unregister(fd)
    const key = selector.register(fd, EVENT_WRITE)
    expect(selector.select(0)).toEqual([
      [key, EVENT_WRITE],
      [key, EVENT_WRITE],
    ])
    close(copy)
    expect(selector.select(0)).toEqual([[key, EVENT_WRITE]])
    selector.unregister(fd)
    close(fd)
  })
})
