import { expect } from 'vitest'
import { EVENT_READ } from '../events.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'

export function viewing({ make, check }: Conformance): void {
  check('finds the key of an object and of its fd', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ)
    expect(selector.getKey(pair.near)).toBe(key)
    expect(selector.getKey(key.fd)).toBe(key)
  })

  check('has no key of what is not registered', () => {
    using pair = new EndpointPair()
    using selector = make()
    expect(() => selector.getKey(pair.near)).toThrow(
      `fd ${pair.near.fileno()} is not registered: register() it first`,
    )
  })

  check('has a map that is empty at first', () => {
    using pair = new EndpointPair()
    using selector = make()
    const map = selector.getMap()!
    expect(map.size).toBe(0)
    expect([...map]).toEqual([])
    expect(map.get(pair.near)).toBeUndefined()
    expect(map.has(pair.near)).toBe(false)
  })

  check('has a map that follows what is registered', () => {
    using pair = new EndpointPair()
    using selector = make()
    const map = selector.getMap()!
    const key = selector.register(pair.near, EVENT_READ)
    expect(map.size).toBe(1)
    expect(map.get(pair.near)).toBe(key)
    expect(map.get(key.fd)).toBe(key)
    expect(map.has(pair.near)).toBe(true)
    expect(map.has(pair.far)).toBe(false)
    const changed = selector.modify(pair.near, EVENT_READ, 'data')
    expect(map.get(pair.near)).toBe(changed)
    selector.unregister(pair.near)
    expect(map.size).toBe(0)
  })

  check('has a map that is walked by fd', () => {
    using pair = new EndpointPair()
    using selector = make()
    const near = selector.register(pair.near, EVENT_READ)
    const far = selector.register(pair.far, EVENT_READ)
    const map = selector.getMap()!
    const entries = [[near.fd, near] as const, [far.fd, far] as const]
    expect([...map.keys()]).toEqual([near.fd, far.fd])
    expect([...map.values()]).toEqual([near, far])
    expect([...map.entries()]).toEqual(entries)
    expect([...map]).toEqual(entries)
    const visited: unknown[] = []
    map.forEach((key, fd, visitedMap) => visited.push([fd, key, visitedMap === map]))
    expect(visited).toEqual(entries.map(([fd, key]) => [fd, key, true]))
  })

  check('has a map that cannot be written to', () => {
    using selector = make()
    const map = selector.getMap()!
    for (const name of ['set', 'delete', 'clear']) expect(map).not.toHaveProperty(name)
  })

  check('has a map that refuses what stands for no file descriptor', () => {
    using selector = make()
    const map = selector.getMap()!
    expect(() => map.get({} as never)).toThrow(TypeError)
    expect(() => map.has(-1)).toThrow(RangeError)
  })
}
