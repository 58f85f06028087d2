import { expect } from 'vitest'
import type { FileDescriptorLike } from '../file-descriptor.js'
import type { Selector } from '../selector.js'

/** How long {@link expectEvents} waits. */
export interface ExpectEventsOptions {
  /** Milliseconds; 5,000 if left out. */
  readonly within?: number
}

/**
 * Selects until every expected event was reported, in whatever order and in however
 * many calls. Other events are let through: readiness may be reported in vain.
 *
 * @param expected pairs of a registered file object and the events it must become
 *   ready for.
 * @throws AssertionError naming the fds and events that did not come.
 *
 * @example
 * ```ts no-run
 * import { DefaultSelector, EVENT_WRITE } from '@tsyncio/selectors'
 * import { expectEvents } from '@tsyncio/selectors/testing'
 * import { it } from 'vitest'
 *
 * it('can write to stdout', () => {
 *   using selector = new DefaultSelector()
 *   selector.register(process.stdout, EVENT_WRITE)
 *   expectEvents(selector, [[process.stdout, EVENT_WRITE]])
 * })
 * ```
 */
export function expectEvents(
  selector: Selector,
  expected: Iterable<readonly [fileobj: FileDescriptorLike, mask: number]>,
  { within = 5000 }: ExpectEventsOptions = {},
): void {
  const missing = new Map<number, number>()
  for (const [fileobj, mask] of expected) missing.set(selector.getKey(fileobj).fd, mask)
  const deadline = performance.now() + within
  while (missing.size > 0 && performance.now() < deadline) {
    for (const [{ fd }, mask] of selector.select(deadline - performance.now())) {
      const rest = (missing.get(fd) ?? 0) & ~mask
      if (rest === 0) missing.delete(fd)
      else missing.set(fd, rest)
    }
  }
  expect([...missing], `[fd, events] that were not reported within ${within} ms`).toEqual([])
}
