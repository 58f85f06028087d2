import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { FileDescriptorLike } from '../file-descriptor.js'
import { SelectorKey } from '../selector-key.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'

export function registering({ make, check }: Conformance): void {
  check('gives a key of what was registered', () => {
    using pair = new EndpointPair()
    using selector = make<string>()
    const key = selector.register(pair.near, EVENT_READ, 'data')
    expect(key).toBeInstanceOf(SelectorKey)
    expect(key.fileobj).toBe(pair.near)
    expect(key).toMatchObject({ fd: pair.near.fileno(), events: EVENT_READ, data: 'data' })
  })

  check('gives keys that cannot be changed', () => {
    using pair = new EndpointPair()
    using selector = make()
    expect(Object.isFrozen(selector.register(pair.near, EVENT_READ))).toBe(true)
  })

  check('takes a number, an object with fileno() and an object with fd', () => {
    using pair = new EndpointPair()
    using other = new EndpointPair()
    using selector = make()
    const number = pair.far.fileno()
    const object = { fd: other.near.fileno() }
    expect(selector.register(number, EVENT_READ).fileobj).toBe(number)
    expect(selector.register(pair.near, EVENT_READ).fd).toBe(pair.near.fileno())
    expect(selector.register(object, EVENT_READ).fileobj).toBe(object)
    expect(selector.getMap()?.size).toBe(3)
  })

  check('leaves the data undefined when there is none', () => {
    using pair = new EndpointPair()
    using selector = make()
    expect(selector.register(pair.near, EVENT_WRITE).data).toBeUndefined()
  })

  for (const events of [0, 4, -1, 999_999, 1.5, Number.NaN, EVENT_READ | 8]) {
    check(`refuses events of ${events} with a RangeError`, () => {
      using pair = new EndpointPair()
      using selector = make()
      expect(() => selector.register(pair.near, events)).toThrow(RangeError)
      expect(selector.getMap()?.size).toBe(0)
    })
  }

  check('refuses events that are no number with a TypeError', () => {
    using pair = new EndpointPair()
    using selector = make()
    expect(() => selector.register(pair.near, 'read' as never)).toThrow(TypeError)
  })

  check('refuses what stands for no file descriptor', () => {
    using selector = make()
    const register = (fileobj: unknown) => () =>
      selector.register(fileobj as FileDescriptorLike, EVENT_READ)
    for (const bad of [undefined, null, 'fd', {}, [], true, 7n, { fd: null }, { fileno: 7 }]) {
      expect(register(bad)).toThrow(TypeError)
    }
    for (const bad of [-1, -10, 1.5, Number.NaN, Infinity, 2 ** 31, { fileno: () => -1 }]) {
      expect(register(bad)).toThrow(RangeError)
    }
    expect(selector.getMap()?.size).toBe(0)
  })

  check('lets the error of a fileno() through', () => {
    using selector = make()
    const fileno = (): number => {
      throw new Error('it has none')
    }
    expect(() => selector.register({ fileno }, EVENT_READ)).toThrow('it has none')
  })

  check('refuses the same object twice', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ)
    expect(() => selector.register(pair.near, EVENT_WRITE)).toThrow(
      expect.objectContaining({
        name: 'AlreadyRegisteredError',
        code: 'ERR_TSYNCIO_ALREADY_REGISTERED',
        fd: key.fd,
        fileobj: pair.near,
      }),
    )
    expect(selector.getKey(pair.near)).toBe(key)
  })

  check('refuses the same fd through another object', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    expect(() => selector.register(pair.near.fileno(), EVENT_READ)).toThrow(/already registered/)
    expect(() => selector.register({ fd: pair.near.fileno() }, EVENT_READ)).toThrow(/already/)
  })
}
