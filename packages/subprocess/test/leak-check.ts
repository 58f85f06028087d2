import { readdirSync, readlinkSync } from 'node:fs'
import { afterEach, beforeEach, expect, vi } from 'vitest'

import { children } from './children.js'

function target(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

// What lists them has one itself. The guardian's program stays in memory, once per thread.
function isPassing(line: string): boolean {
  return (
    line.endsWith('-> ') ||
    line.endsWith(`/proc/${process.pid}/fd`) ||
    line.includes('memfd:tsyncio-guardian')
  )
}

function openFds(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => `${fd} -> ${target(fd)}`)
    .filter((line) => !isPassing(line))
}

/** Every test of the calling file must close its fds and reap its children. */
export function leakCheck(): void {
  let fds: string[] = []
  beforeEach(() => {
    fds = openFds()
  })
  // Node closes some of its own a little later than it says.
  afterEach(async () => {
    await vi.waitFor(() => expect(openFds().filter((fd) => !fds.includes(fd))).toEqual([]))
    expect(children(), 'children').toEqual([])
  })
}
