import { setTimeout } from 'node:timers/promises'

import { tagged } from './fixtures/tagged.js'

let made = 0

/** The name of a variable that only the descendants of one test have. */
export function makeTag(): string {
  return `TSYNCIO_TREE_${process.pid}_${made++}`
}

/** Waits until `count` have it; says who they are. */
export async function untilTagged(tag: string, count: number): Promise<string[]> {
  for (const end = Date.now() + 20_000; ;) {
    const found = tagged(tag)
    if (found.length === count || Date.now() > end) return found
    await setTimeout(5)
  }
}
