import { EVENT_READ, EVENT_WRITE, NotRegisteredError } from '@tsyncio/selectors'
import { describeSelector, ScriptedSelector } from '@tsyncio/selectors/testing'
import { describe, expect, it } from 'vitest'

describeSelector('ScriptedSelector', () => new ScriptedSelector(), {
  skip: [
    { reason: 'what is ready is said by the script', tests: ['readiness'] },
    { reason: 'it never waits', tests: ['time'] },
    {
      reason: 'it does not see that a file is ready by itself',
      tests: ['lets the object be registered again', 'works after the fd was closed and reused'],
    },
  ],
})

describe('ScriptedSelector', () => {
  it('reports what the script made ready, until the script says otherwise', () => {
    const selector = new ScriptedSelector()
    const key = selector.register(7, EVENT_READ)
    selector.setReady(7, EVENT_READ | EVENT_WRITE)
    expect(selector.select()).toEqual([[key, EVENT_READ]])
    expect(selector.select(0)).toEqual([[key, EVENT_READ]])
    selector.setReady(7, 0)
    expect(selector.select(0)).toEqual([])
  })

  it('passes the time by onIdle, only when it would wait', () => {
    const waits: (number | null)[] = []
    const selector = new ScriptedSelector({ onIdle: (timeout) => waits.push(timeout) })
    selector.register(7, EVENT_READ)
    expect(selector.select(0)).toEqual([])
    expect(selector.select(2.5)).toEqual([])
    selector.setReady(7, EVENT_READ)
    expect(selector.select(1000)).toHaveLength(1)
    expect(waits).toEqual([2.5])
  })

  it('reports what onIdle made ready', () => {
    const selector: ScriptedSelector = new ScriptedSelector({
      onIdle: (timeout) => {
        expect(timeout).toBeNull()
        selector.setReady(7, EVENT_WRITE)
      },
    })
    const key = selector.register(7, EVENT_WRITE)
    expect(selector.select()).toEqual([[key, EVENT_WRITE]])
  })

  it('refuses to wait for what never comes', () => {
    const selector = new ScriptedSelector()
    expect(() => selector.select()).toThrow('nothing is ready, and this wait has no end')
  })

  it('forgets that an fd was ready when it is unregistered', () => {
    const selector = new ScriptedSelector()
    selector.register(7, EVENT_READ)
    selector.setReady(7, EVENT_READ)
    selector.unregister(7)
    selector.register(7, EVENT_READ)
    expect(selector.select(0)).toEqual([])
  })

  it('knows only what is registered', () => {
    expect(() => new ScriptedSelector().setReady(7, EVENT_READ)).toThrow(NotRegisteredError)
  })
})

describe('describeSelector', () => {
  it('refuses to skip a test that there is not', () => {
    const skip = [{ reason: 'none', tests: ['flies'] }]
    expect(() => describeSelector('x', () => new ScriptedSelector(), { skip })).toThrow(
      'no such tests to skip: flies',
    )
  })
})
