import type { Coroutine, Event } from '@tsyncio/tasks'

import type { Scope, Waits } from './table.js'
import type { Steps } from './world.js'

function* ended({ spelling }: Scope, wait: Coroutine<unknown>): Steps<undefined> {
  yield* spelling.wait(wait)
  return undefined
}

/** Waits for locks, events, conditions, semaphores, barriers and queues. */
export const syncWaits = {
  acquire: (s, scope) => ended(scope, scope.world.things.get(s.on).acquire()),
  waitEvent: (s, scope) => ended(scope, scope.world.things.get(s.on).wait()),
  waitCondition: (s, scope) => ended(scope, scope.world.things.get(s.on).wait()),
  waitUntil(s, scope) {
    const event = scope.world.things.get(s.event) as Event
    return ended(
      scope,
      scope.world.things.get(s.on).waitFor(() => event.isSet()),
    )
  },
  *waitBarrier(s, { world, spelling }) {
    return yield* spelling.wait(world.things.get(s.on).wait() as Coroutine<number>)
  },
  resetBarrier: (s, scope) => ended(scope, scope.world.things.get(s.on).reset()),
  abortBarrier: (s, scope) => ended(scope, scope.world.things.get(s.on).abort()),
  put: (s, scope) => ended(scope, scope.world.things.get(s.on).put(s.item)),
  *get(s, { world, spelling }) {
    return yield* spelling.wait(world.things.get(s.on).get() as Coroutine<unknown>)
  },
  join: (s, scope) => ended(scope, scope.world.things.get(s.on).join()),
} satisfies Partial<Waits>
