import type { Future } from '@tsyncio/loop'

import { awaitersOf } from './awaiters.js'

/** The circles of futures that wait for each other; each waits for the one before it. */
export function circlesOf(futures: Iterable<Future>): readonly (readonly Future[])[] {
  const seen = new Set<Future>()
  const circles: (readonly Future[])[] = []

  function follow(future: Future, path: readonly Future[]): void {
    const start = path.indexOf(future)
    if (start >= 0) circles.push(path.slice(start))
    if (seen.has(future)) return
    seen.add(future)
    for (const awaiter of awaitersOf(future)) follow(awaiter, [...path, future])
  }

  for (const future of futures) follow(future, [])
  return circles
}
