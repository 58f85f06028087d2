import { close, dup3, O_CLOEXEC } from '@tsyncio/syscalls'
import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'

// An fd that no test has open.
const UNUSED_FD = 999_999

export function unregistering({ make, check }: Conformance): void {
  check('gives the key back', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ, 'data')
    expect(selector.unregister(pair.near)).toBe(key)
    expect(selector.getMap()?.size).toBe(0)
  })

  check('finds by fd what was registered as an object, and the other way round', () => {
    using pair = new EndpointPair()
    using selector = make()
    const near = selector.register(pair.near, EVENT_READ)
    const far = selector.register(pair.far.fileno(), EVENT_READ)
    expect(selector.unregister(near.fd)).toBe(near)
    expect(selector.unregister(pair.far)).toBe(far)
  })

  check('lets the object be registered again', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    selector.unregister(pair.near)
    expect(selector.register(pair.near, EVENT_WRITE).events).toBe(EVENT_WRITE)
    expect(selector.select(0)).toHaveLength(1)
  })

  check('refuses what is not registered', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    selector.unregister(pair.near)
    for (const fileobj of [pair.near, pair.far, UNUSED_FD]) {
      expect(() => selector.unregister(fileobj)).toThrow(
        expect.objectContaining({
          name: 'NotRegisteredError',
          code: 'ERR_TSYNCIO_NOT_REGISTERED',
          fileobj,
        }),
      )
    }
  })

  check('refuses a closed object that was never registered, with its own error', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    pair.far.close()
    expect(() => selector.unregister(pair.far)).toThrow('this endpoint is closed')
    expect(() => selector.unregister({} as never)).toThrow(TypeError)
    expect(() => selector.unregister(-1)).toThrow(RangeError)
  })

  check('works by fd after that was closed', () => {
    using pair = new EndpointPair()
    using selector = make()
    const near = selector.register(pair.near.fileno(), EVENT_READ)
    const far = selector.register(pair.far.fileno(), EVENT_WRITE)
    pair.near.close()
    pair.far.close()
    expect(selector.unregister(near.fd)).toBe(near)
    expect(selector.unregister(far.fd)).toBe(far)
    expect(selector.select(0)).toEqual([])
  })

  check('works by object after that was closed and forgot its fd', () => {
    using pair = new EndpointPair()
    using selector = make()
    const near = selector.register(pair.near, EVENT_READ)
    const far = selector.register(pair.far, EVENT_WRITE)
    pair.near.close()
    pair.far.close()
    expect(selector.getKey(pair.near)).toBe(near)
    expect(selector.getMap()?.get(pair.far)).toBe(far)
    expect(selector.unregister(pair.near)).toBe(near)
    expect(selector.unregister(pair.far)).toBe(far)
    expect(selector.select(0)).toEqual([])
  })

  check('works after the fd was closed and reused', () => {
    using pair = new EndpointPair()
    using other = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near.fileno(), EVENT_WRITE)
    pair.near.close()
    dup3(other.near.fileno(), key.fd, O_CLOEXEC)
    expect(selector.unregister(key.fd)).toBe(key)
    expect(selector.select(0)).toEqual([])
    expect(selector.register(key.fd, EVENT_WRITE)).not.toBe(key)
    expect(selector.select(0)).toHaveLength(1)
    selector.unregister(key.fd)
    close(key.fd)
  })
}
