import {
  CLOCK_MONOTONIC,
  EAGAIN,
  hostClock,
  poll,
  POLLIN,
  read,
  TFD_NONBLOCK,
  TFD_TIMER_ABSTIME,
  timerfdCreate,
  timerfdSettime,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable } from './waiting.js'

expectNoLeaks()

function expirations(fd: number): bigint {
  const count = new BigUint64Array(1)
  expect(read(fd, new Uint8Array(count.buffer), 0, 8)).toBe(8)
  return count[0]!
}

describe('a timerfd', () => {
  it('expires after a fraction of a millisecond, never early', () => {
    using opened = new Opened()
    const fd = opened.fd(timerfdCreate(CLOCK_MONOTONIC, TFD_NONBLOCK))
    for (const wait of [0.0000001, 0.3, 1.7, 5]) {
      const start = hostClock()
      expect(timerfdSettime(fd, 0, wait, 0)).toBe(0)
      waitReadable(fd)
      expect(hostClock() - start).toBeGreaterThanOrEqual(wait)
      expect(expirations(fd)).toBe(1n)
    }
  })

  it('expires again and again with an interval', () => {
    using opened = new Opened()
    const fd = opened.fd(timerfdCreate(CLOCK_MONOTONIC, TFD_NONBLOCK))
    timerfdSettime(fd, 0, 0.1, 0.1)
    let count = 0n
    while (count < 5n) {
      waitReadable(fd)
      count += expirations(fd)
    }
    expect(count).toBeGreaterThanOrEqual(5n)
  })

  it('takes a time of its clock with TFD_TIMER_ABSTIME', () => {
    using opened = new Opened()
    const fd = opened.fd(timerfdCreate(CLOCK_MONOTONIC, TFD_NONBLOCK))
    const deadline = hostClock() + 2.5
    timerfdSettime(fd, TFD_TIMER_ABSTIME, deadline, 0)
    waitReadable(fd)
    expect(hostClock()).toBeGreaterThanOrEqual(deadline)
  })

  it('is disarmed by 0', () => {
    using opened = new Opened()
    const fd = opened.fd(timerfdCreate(CLOCK_MONOTONIC, TFD_NONBLOCK))
    timerfdSettime(fd, 0, 0.1, 0)
    waitReadable(fd)
    timerfdSettime(fd, 0, 0, 0)
    expect(poll(Int32Array.of(fd, POLLIN), 1, 0)).toBe(0)
    expect(read(fd, new Uint8Array(8), 0, 8)).toBe(-EAGAIN)
  })

  it('refuses times that are none', () => {
    for (const time of [-1, NaN, Infinity, 1e13]) {
      expect(() => timerfdSettime(0, 0, time, 0)).toThrow('argument "value" is out of range')
      expect(() => timerfdSettime(0, 0, 0, time)).toThrow('argument "interval" is out of range')
    }
  })
})
