import { Barrier, Event, Queue, type Condition, type Lock } from '@tsyncio/tasks'

import type { Actions } from './table.js'

function inspect(thing: unknown): unknown {
  if (thing instanceof Event) return thing.isSet()
  if (thing instanceof Queue) return [thing.qsize(), thing.empty(), thing.full()]
  if (thing instanceof Barrier) return [thing.nWaiting, thing.broken]
  return (thing as Lock).locked()
}

/** What is done to locks, events, conditions, semaphores, barriers and queues. */
export const syncActions = {
  inspect: (s, { world }) => inspect(world.things.get(s.on)),
  release: (s, { world }) => (world.things.get(s.on) as Lock).release(),
  setEvent: (s, { world }) => (world.things.get(s.on) as Event).set(),
  clearEvent: (s, { world }) => (world.things.get(s.on) as Event).clear(),
  notify: (s, { world }) => (world.things.get(s.on) as Condition).notify(s.count),
  notifyAll: (s, { world }) => (world.things.get(s.on) as Condition).notifyAll(),
  putNowait: (s, { world }) => (world.things.get(s.on) as Queue).putNowait(s.item),
  getNowait: (s, { world }) => (world.things.get(s.on) as Queue).getNowait(),
  taskDone: (s, { world }) => (world.things.get(s.on) as Queue).taskDone(),
  shutdown: (s, { world }) =>
    (world.things.get(s.on) as Queue).shutdown({ immediate: s.immediate }),
} satisfies Partial<Actions>
