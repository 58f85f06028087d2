import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'

export function closing({ make, check }: Conformance): void {
  check('can be closed twice', () => {
    using selector = make()
    selector.close()
    expect(() => selector.close()).not.toThrow()
  })

  check('forgets what was registered', () => {
    using pair = new EndpointPair()
    using selector = make()
    const map = selector.getMap()!
    selector.register(pair.near, EVENT_READ)
    selector.register(pair.far, EVENT_WRITE)
    selector.close()
    expect(selector.getMap()).toBeNull()
    expect(map.size).toBe(0)
    expect(map.get(pair.near)).toBeUndefined()
  })

  check('refuses every use afterwards', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    selector.close()
    const uses = [
      () => selector.register(pair.near, EVENT_READ),
      () => selector.unregister(pair.near),
      () => selector.modify(pair.near, EVENT_WRITE),
      () => selector.getKey(pair.near),
      () => selector.select(0),
      () => selector.selectInto(0, { keys: [], masks: [] }),
    ]
    for (const use of uses) {
      expect(use).toThrow(
        expect.objectContaining({
          name: 'ClosedSelectorError',
          code: 'ERR_TSYNCIO_CLOSED_SELECTOR',
          message: `this ${selector.constructor.name} is closed: make a new one`,
        }),
      )
    }
  })

  check('is done by using', () => {
    const opened = make()
    {
      using selector = opened
      expect(selector.getMap()).not.toBeNull()
    }
    expect(opened.getMap()).toBeNull()
  })

  check('leaves the registered files open', () => {
    using pair = new EndpointPair()
    {
      using selector = make()
      selector.register(pair.near, EVENT_READ)
    }
    pair.far.send('still there')
    expect(pair.near.receive()).toBe('still there')
  })
}
