import { expect } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import { Alarm } from './alarm.js'
import type { Conformance } from './conformance.js'
import { EndpointPair } from './endpoint.js'
import { SignalStorm } from './signal-storm.js'

// Far more than a wait is ever late, far less than anyone would wait for a test.
const LONG = 20_000

function elapsed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

export function time({ make, check }: Conformance): void {
  check('only looks when the timeout is 0 or less', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    const spent = elapsed(() => {
      for (const timeout of [0, -0, -1, -1e9, -Infinity])
        expect(selector.select(timeout)).toEqual([])
    })
    expect(spent).toBeLessThan(LONG)
    selector.modify(pair.near, EVENT_WRITE)
    for (const timeout of [0, -1]) expect(selector.select(timeout)).toHaveLength(1)
  })

  check('refuses a timeout that is no time', () => {
    using selector = make()
    expect(() => selector.select(Number.NaN)).toThrow(RangeError)
    expect(() => selector.select('1' as never)).toThrow(TypeError)
    expect(() => selector.selectInto(Number.NaN, { keys: [], masks: [] })).toThrow(RangeError)
  })

  check('waits also when nothing is registered', () => {
    using selector = make()
    expect(selector.select(0)).toEqual([])
    expect(elapsed(() => selector.select(20))).toBeGreaterThanOrEqual(20)
  })

  check('is never early, whatever the fraction', () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    for (let i = 0; i < 200; i++) {
      const timeout = 0.013 + i * 0.0171
      expect(elapsed(() => selector.select(timeout))).toBeGreaterThanOrEqual(timeout)
    }
  })

  check('returns when something becomes ready', () => {
    using alarm = new Alarm(5)
    using selector = make()
    const key = selector.register(alarm, EVENT_READ)
    const spent = elapsed(() => expect(selector.select(LONG)).toEqual([[key, EVENT_READ]]))
    expect(spent).toBeLessThan(LONG)
  })

  for (const timeout of [null, undefined, Infinity, 1e15, Number.MAX_VALUE]) {
    check(`waits for ever with a timeout of ${timeout}`, () => {
      using alarm = new Alarm(5)
      using selector = make()
      const key = selector.register(alarm, EVENT_READ)
      expect(selector.select(timeout)).toEqual([[key, EVENT_READ]])
    })
  }

  check('goes on waiting after a signal', async () => {
    using pair = new EndpointPair()
    using selector = make()
    selector.register(pair.near, EVENT_READ)
    const signals = new SignalStorm()
    const spent = elapsed(() => expect(selector.select(150)).toEqual([]))
    expect(spent).toBeGreaterThanOrEqual(150)
    expect(await signals.end()).toBeGreaterThan(0)
  })

  check('reports what becomes ready after a signal', async () => {
    using alarm = new Alarm(150)
    using selector = make()
    const key = selector.register(alarm, EVENT_READ)
    const signals = new SignalStorm()
    expect(selector.select()).toEqual([[key, EVENT_READ]])
    expect(await signals.end()).toBeGreaterThan(0)
  })
}
