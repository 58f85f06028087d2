import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'

export function modifying({ make, check }: Conformance): void {
  check('gives a new key when the events change', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ, 'data')
    const modified = selector.modify(pair.near, EVENT_WRITE, 'data')
    expect(modified).toMatchObject({ events: EVENT_WRITE, data: 'data', fd: key.fd })
    expect(modified.fileobj).toBe(pair.near)
    expect(key.events).toBe(EVENT_READ)
    expect(selector.getKey(pair.near)).toBe(modified)
  })

  check('gives a new key when only the data changes', () => {
    using pair = new EndpointPair()
    using selector = make<object>()
    const [first, second] = [{}, {}]
    const key = selector.register(pair.near, EVENT_READ, first)
    const modified = selector.modify(pair.near, EVENT_READ, second)
    expect(modified).not.toBe(key)
    expect(modified.data).toBe(second)
    expect(key.data).toBe(first)
    expect(selector.getKey(pair.near)).toBe(modified)
  })

  check('does not ask the kernel when only the data changes', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    const { fd } = selector.getKey(pair.near)
    pair.near.close()
    expect(selector.modify(fd, EVENT_READ, 'new').data).toBe('new')
    selector.unregister(fd)
  })

  check('gives the same key when nothing changes', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ, 'data')
    expect(selector.modify(pair.near, EVENT_READ, 'data')).toBe(key)
  })

  check('forgets the data when none is given', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ, 'data')
    expect(selector.modify(pair.near, EVENT_WRITE).data).toBeUndefined()
  })

  check('refuses to modify what is not registered', () => {
    using pair = new EndpointPair()
    using selector = make()
    const error = expect.objectContaining({ name: 'NotRegisteredError' })
    expect(() => selector.modify(999_999, EVENT_READ)).toThrow(error)
    expect(() => selector.modify(pair.near, EVENT_READ)).toThrow(error)
  })

  check('refuses events that are none, and changes nothing', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ)
    expect(() => selector.modify(pair.near, 0)).toThrow(RangeError)
    expect(() => selector.modify(pair.near, 8)).toThrow(RangeError)
    expect(() => selector.modify(pair.near, null as never)).toThrow(TypeError)
    expect(selector.getKey(pair.near)).toBe(key)
  })
}
