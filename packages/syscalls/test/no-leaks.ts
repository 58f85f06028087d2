import { readdirSync, readlinkSync } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'

// A worker that is terminated while it loads a module leaves the fd open through which
// Node was reading that: it is Node's, and no call of ours can close it.
function isModule(fd: string): boolean {
  try {
    return /\.(?:js|json)$/.test(readlinkSync(`/proc/self/fd/${fd}`))
  } catch {
    // The fd of the listing itself is closed by now.
    return false
  }
}

/** How many fds the process has open, but for those of modules. */
export function openFdCount(): number {
  return readdirSync('/proc/self/fd').filter((fd) => !isModule(fd)).length
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
