import { EVENT_READ, EVENT_WRITE, PollSelector } from '@tsyncio/selectors'
import { describeScalableSelector, describeSelector } from '@tsyncio/selectors/testing'
import { describe, expect, it } from 'vitest'
import { EndpointPair } from '../src/testing/endpoint.js'
import { leakCheck } from './leak-check.js'

describeSelector('PollSelector', () => new PollSelector())
describeScalableSelector('PollSelector', () => new PollSelector())

describe('PollSelector', () => {
  leakCheck()

  it('reports an fd that was closed while registered as ready for all', () => {
    using pair = new EndpointPair()
    using selector = new PollSelector()
    const near = selector.register(pair.near, EVENT_READ | EVENT_WRITE)
    const far = selector.register(pair.far, EVENT_READ)
    pair.near.close()
    pair.far.close()
    expect(selector.select()).toEqual([
      [near, EVENT_READ | EVENT_WRITE],
      [far, EVENT_READ],
    ])
  })

  it('honours timeouts below a millisecond', () => {
    using selector = new PollSelector()
    const waits = Array.from({ length: 50 }, () => {
      const start = performance.now()
      selector.select(0.1)
      return performance.now() - start
    })
    expect(Math.min(...waits)).toBeLessThan(1)
  })
})
