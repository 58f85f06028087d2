import { close, dup, FD_SETSIZE, osError } from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'
import { EVENT_READ, EVENT_WRITE } from '../events.js'
import type { Selector } from '../selector.js'
import { EndpointPair } from './endpoint.js'

// More than select(2) takes, and more than one batch of epoll's.
const COPIES = FD_SETSIZE + 200

class Copies {
  readonly fds: number[] = []

  constructor(fd: number) {
    while (this.fds.length < COPIES) {
      const copy = dup(fd)
      if (copy < 0) {
        this[Symbol.dispose]()
        throw osError(copy, `these tests need ${COPIES} fds, see ulimit -n: dup`)
      }
      this.fds.push(copy)
    }
  }

  [Symbol.dispose](): void {
    for (const fd of this.fds) close(fd)
  }
}

/**
 * Defines the tests of a selector that takes more fds than `select(2)` does. They
 * open about 1,300.
 *
 * @example
 * ```ts no-run
 * import { EpollSelector } from '@tsyncio/selectors'
 * import { describeScalableSelector } from '@tsyncio/selectors/testing'
 *
 * describeScalableSelector('EpollSelector', () => new EpollSelector())
 * ```
 */
export function describeScalableSelector(name: string, make: () => Selector): void {
  describe(`${name}, with more fds than select takes`, () => {
    it('reports one that is ready among many that are not', () => {
      using pair = new EndpointPair()
      using copies = new Copies(pair.near.fileno())
      using other = new EndpointPair()
      using selector = make()
      for (const fd of copies.fds) selector.register(fd, EVENT_READ)
      const key = selector.register(other.near, EVENT_WRITE)
      expect(key.fd).toBeGreaterThan(FD_SETSIZE)
      expect(selector.select()).toEqual([[key, EVENT_WRITE]])
    })

    it('reports every one of them, in few calls', () => {
      using pair = new EndpointPair()
      using copies = new Copies(pair.near.fileno())
      using selector = make()
      const missing = new Set(copies.fds)
      for (const fd of copies.fds) selector.register(fd, EVENT_WRITE)
      for (let calls = 0; calls < Math.ceil(COPIES / FD_SETSIZE); calls++) {
        for (const [key] of selector.select(0)) missing.delete(key.fd)
      }
      expect([...missing]).toEqual([])
    })

    it('waits for none of them in vain', () => {
      using pair = new EndpointPair()
      using copies = new Copies(pair.near.fileno())
      using selector = make()
      for (const fd of copies.fds) selector.register(fd, EVENT_READ)
      for (const fd of copies.fds) selector.unregister(fd)
      expect(selector.select(0)).toEqual([])
      expect(selector.getMap()?.size).toBe(0)
    })
  })
}
