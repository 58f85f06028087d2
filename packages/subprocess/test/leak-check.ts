import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect } from 'vitest'

import { children } from './children.js'

/** Every test of the calling file must close its fds and reap its children. */
export function leakCheck(): void {
  let fds: string[] = []
  beforeEach(() => {
    fds = readdirSync('/proc/self/fd')
  })
  afterEach(() => {
    expect(readdirSync('/proc/self/fd'), 'open fds').toEqual(fds)
    expect(children(), 'children').toEqual([])
  })
}
