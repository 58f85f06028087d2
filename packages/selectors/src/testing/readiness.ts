import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { ReadyList } from '../ready-list.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'
import { expectEvents } from './expect-events.js'
import { RefusedConnection } from './refused-connection.js'

const BOTH = EVENT_READ | EVENT_WRITE

export function readiness({ make, check }: Conformance): void {
  check('reports the key and the event of what is ready, and nothing else', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    const writer = selector.register(pair.far, EVENT_WRITE, 'data')
    expect(selector.select()).toEqual([[writer, EVENT_WRITE]])
    expect(selector.select()[0]![0]).toBe(writer)
  })

  check('reports both events of one fd in one pair', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, BOTH)
    pair.far.send('foo')
    expect(selector.select()).toEqual([[key, BOTH]])
  })

  check('reports only what interests', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_WRITE)
    pair.far.send('foo')
    expect(selector.select()).toEqual([[key, EVENT_WRITE]])
    const changed = selector.modify(pair.near, EVENT_READ)
    expect(selector.select()).toEqual([[changed, EVENT_READ]])
  })

  check('reports again until the bytes are read', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_READ)
    pair.far.send('foo')
    expect(selector.select(0)).toEqual([[key, EVENT_READ]])
    expect(selector.select(0)).toEqual([[key, EVENT_READ]])
    expect(pair.near.receive()).toBe('foo')
    expect(selector.select(0)).toEqual([])
  })

  check('does not report a writer that is full', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, EVENT_WRITE)
    pair.near.fill()
    expect(selector.select(0)).toEqual([])
    while (selector.select(0).length === 0) expect(pair.far.receive()).not.toBe('')
    expect(selector.select(0)).toEqual([[key, EVENT_WRITE]])
  })

  check('reports the key of the last modify', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_WRITE, 'first')
    selector.modify(pair.near, EVENT_WRITE, 'second')
    expect(selector.select(0).map(([key]) => key.data)).toEqual(['second'])
  })

  check('does not report what was unregistered', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_WRITE)
    selector.unregister(pair.near)
    expect(selector.select(0)).toEqual([])
  })

  check('reports a peer that hung up to readers and writers', () => {
    using pair = new EndpointPair()
    using selector = make()
    const key = selector.register(pair.near, BOTH)
    pair.far.close()
    expect(selector.select()).toEqual([[key, BOTH]])
    expect(pair.near.receive()).toBe('')
  })

  check('reports a refused connection to writers', () => {
    using connection = new RefusedConnection()
    using selector = make()
    const key = selector.register(connection, EVENT_WRITE)
    expect(selector.select()).toEqual([[key, EVENT_WRITE]])
  })

  check('reports a refused connection to readers', () => {
    using connection = new RefusedConnection()
    using selector = make()
    const key = selector.register(connection, EVENT_READ)
    expect(selector.select()).toEqual([[key, EVENT_READ]])
  })

  check('keeps twelve conversations apart', () => {
    using selector = make<EndpointPair>()
    const pairs = Array.from({ length: 12 }, () => new EndpointPair())
    for (const pair of pairs) {
      selector.register(pair.near, EVENT_READ, pair)
      selector.register(pair.far, EVENT_WRITE, pair)
    }
    while (selector.getMap()!.size > 0) {
      const writers = selector.select(0).filter(([, mask]) => mask === EVENT_WRITE)
      expect(writers).toHaveLength(selector.getMap()!.size / 2)
      const pair = writers.at(writers.length / 2)![0].data!
      pair.far.send('This is a test.')
      expectEvents(selector, [[pair.near, EVENT_READ]])
      const readers = selector.select(0).filter(([, mask]) => mask === EVENT_READ)
      expect(readers.map(([key]) => key.data)).toEqual([pair])
      expect(pair.near.receive()).toBe('This is a test.')
      selector.unregister(pair.near)
      selector.unregister(pair.far)
    }
    for (const pair of pairs) pair[Symbol.dispose]()
  })

  check('lets two selectors watch the same fd', () => {
    using pair = new EndpointPair()
    using first = make()
    using second = make()
    first.register(pair.near, EVENT_WRITE)
    second.register(pair.near, EVENT_WRITE)
    first.unregister(pair.near)
    expect(first.select(0)).toEqual([])
    expect(second.select(0)).toHaveLength(1)
  })

  check('fills the arrays of the caller', () => {
    using pair = new EndpointPair()
    using selector = make()
    const near = selector.register(pair.near, BOTH)
    const far = selector.register(pair.far, EVENT_WRITE)
    pair.far.send('foo')
    const ready: ReadyList = { keys: [], masks: [] }
    expect(selector.selectInto(null, ready)).toBe(2)
    const found = new Map(ready.keys.map((key, i) => [key, ready.masks[i]]))
    expect(found).toEqual(new Map([[near, BOTH] as const, [far, EVENT_WRITE] as const]))
  })

  check('counts from the start of the arrays and leaves the rest of them', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_WRITE)
    const far = selector.register(pair.far, EVENT_WRITE)
    const ready: ReadyList = { keys: [], masks: [] }
    expect(selector.selectInto(0, ready)).toBe(2)
    selector.unregister(pair.near)
    expect(selector.selectInto(0, ready)).toBe(1)
    expect(ready.keys[0]).toBe(far)
    expect(ready.keys).toHaveLength(2)
    selector.unregister(pair.far)
    expect(selector.selectInto(0, ready)).toBe(0)
  })
}
