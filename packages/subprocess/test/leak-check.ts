import { readdirSync, readlinkSync } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'

import { children } from './children.js'

// The guardian's program stays in memory, once per thread.
function isGuardian(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).includes('memfd:tsyncio-guardian')
  } catch {
    return false
  }
}

const openFds = (): string[] => readdirSync('/proc/self/fd').filter((fd) => !isGuardian(fd))

/** Every test of the calling file must close its fds and reap its children. */
export function leakCheck(): void {
  let fds: string[] = []
  beforeEach(() => {
    fds = openFds()
  })
  afterEach(() => {
    expect(openFds().length, `open fds, ${fds.join()} before`).toBe(fds.length)
    expect(children(), 'children').toEqual([])
  })
}
