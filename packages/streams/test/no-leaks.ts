import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, vi } from 'vitest'

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
  // Node closes some of its own a little later than it says.
  afterEach(async () => {
    await vi.waitFor(() => expect(openFdCount()).toBe(before))
  })
}
