import { afterEach, beforeEach, expect } from 'vitest'
import { openFds } from '../src/testing/open-fds.js'

/** Every test of the calling file must close the fds that it opens. */
export function leakCheck(): void {
  let before: readonly number[] = []
  beforeEach(() => {
    before = openFds()
  })
  afterEach(() => expect(openFds(), 'open fds').toEqual(before))
}
