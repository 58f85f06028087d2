import type { Future } from '@tsyncio/loop'
import { asCompleted, currentTask, sleep, wait, waitFor, type AsCompleted } from '@tsyncio/tasks'

import { outcomeOf } from './describe.js'
import type { Waits } from './table.js'

/** Waits for tasks, futures and time. */
export const taskWaits = {
  *sleep({ delay }, { world, spelling }) {
    return yield* spelling.wait(sleep(delay > 0 ? world.delay(delay) : 0))
  },
  *await(s, { world, spelling }) {
    const thing = world.things.get(s.on)
    if (thing === undefined || world.circle(thing)) return 'absent'
    const task = currentTask()
    world.passes.set(task, [thing])
    try {
      return yield* spelling.wait(thing)
    } finally {
      world.passes.delete(task)
    }
  },
  *wait({ of, timeout, returnWhen }, { world, spelling }) {
    const futures = of.flatMap((name) => world.things.get(name) ?? []) as Future[]
    if (futures.length === 0 || futures.includes(currentTask() as never)) return 'absent'
    const options = { timeout: world.timeout(timeout), returnWhen }
    const { done } = yield* spelling.wait(wait(futures, options))
    return futures.map((future) => done.has(future))
  },
  *waitFor({ of, timeout }, { world, spelling }) {
    const named = typeof of === 'string' ? world.things.get(of) : undefined
    if (typeof of === 'string' && (named === undefined || world.circle(named))) return 'absent'
    const task = currentTask()
    if (named !== undefined) world.passes.set(task, [named])
    try {
      return yield* spelling.wait(waitFor(world.member(of), world.timeout(timeout)))
    } finally {
      if (named !== undefined) world.passes.delete(task)
    }
  },
  *nextCompleted({ on, plain }, { world, spelling }) {
    const completions = world.things.get(on) as AsCompleted<Future> | undefined
    if (completions === undefined) return 'absent'
    if (plain) {
      const next = completions[Symbol.iterator]().next()
      return next.done === true ? 'absent' : yield* spelling.wait(next.value)
    }
    const next = yield* spelling.wait(completions[Symbol.asyncIterator]().next())
    return next.done === true ? 'absent' : world.nameOf(next.value[0])
  },
  *asCompleted({ of, timeout, plain }, { world, me, spelling }) {
    if (of.some((member) => typeof member === 'string' && !world.things.has(member)))
      return 'absent'
    const members = of.map((member) => world.member(member))
    const completed = asCompleted(members, { timeout: world.timeout(timeout) })
    if (plain) {
      for (const each of completed)
        world.note(me, 'completes', '', 'ok', yield* spelling.wait(each))
      return undefined
    }
    const iterator = completed[Symbol.asyncIterator]()
    for (;;) {
      const step = yield* spelling.wait(iterator.next())
      if (step.done === true) return undefined
      const [future] = step.value
      world.note(me, 'completes', world.nameOf(future), 'ok', outcomeOf(future))
    }
  },
} satisfies Partial<Waits>
