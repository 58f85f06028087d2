import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'

/** How many fds the process has open. */
export function openFdCount(): number {
  return readdirSync('/proc/self/fd').length
}

/** Every test of the file must close what it opened. */
export function expectNoLeaks(): void {
  let before = 0
  beforeEach(() => {
    before = openFdCount()
  })
  afterEach(() => {
    expect(openFdCount()).toBe(before)
  })
}
