import type { Context, Future } from '@tsyncio/loop'
import {
  allTasks,
  asCompleted,
  createTask,
  currentTask,
  gather,
  shield,
  type Task,
  type Timeout,
  type Work,
} from '@tsyncio/tasks'

import type { Actions } from './table.js'
import { Failure, outcomeOf } from './describe.js'
import type { Program } from './program.js'
import type { World } from './world.js'

type Make = (work: Work, options: { name: string; context?: Context }) => Task

function spawn(world: World, make: Make, s: { name: string; body: Program; context?: string }) {
  const context = s.context === undefined ? undefined : world.things.get(s.context)
  const task = make(world.body(s.name, s.body), { name: s.name, ...(context && { context }) })
  world.names.set(task, s.name)
  world.things.set(s.name, task)
}

/** What is done to tasks and futures. */
export const taskActions = {
  cancel: (s, { world }) => world.things.get(s.on).cancel(s.message),
  uncancel: (s, { world }) => world.things.get(s.on).uncancel(),
  cancelling: (s, { world }) => world.things.get(s.on).cancelling(),
  state: (s, { world }) => outcomeOf(world.things.get(s.on)),
  set: (s, { world, me }) => (world.things.get(s.on) as Future<string>).setResult(me),
  fail: (s, { world, me }) => (world.things.get(s.on) as Future).setException(new Failure(me)),
  future: (s, { world }) => void world.things.set(s.name, world.loop.createFuture()),
  whoami(_, { world }) {
    const task = currentTask()
    return task === null ? 'nobody' : (world.names.get(task) ?? 'somebody')
  },
  spawn: (s, { world }) => spawn(world, createTask, s),
  spawnEagerly(s, { world }) {
    spawn(world, (work, options) => createTask(work, { ...options, eagerStart: true }), s)
  },
  spawnInGroup(s, { world }) {
    const group = world.things.get(s.on)
    spawn(world, (work, options) => group.createTask(work, options), s)
  },
  spawnInGroupEagerly(s, { world }) {
    const group = world.things.get(s.on)
    spawn(world, (work, options) => group.createTask(work, { ...options, eagerStart: true }), s)
  },
  shield({ name, of }, { world }) {
    if (typeof of === 'string' && !world.things.has(of)) return 'absent'
    world.things.set(name, shield(world.member(of)))
    return undefined
  },
  gather({ name, of, returnExceptions }, { world }) {
    const named = of.filter((member) => typeof member === 'string')
    if (named.some((member) => !world.things.has(member))) return 'absent'
    const before = allTasks(world.loop)
    const members = of.map((member) => world.member(member))
    const gathered = gather(members, { returnExceptions } as { returnExceptions: true })
    const made = [...allTasks(world.loop)].filter((task) => !before.has(task))
    world.passes.set(gathered, [...named.map((member) => world.things.get(member)), ...made])
    world.things.set(name, gathered)
    return undefined
  },
  completions({ name, of, timeout }, { world }) {
    if (of.some((member) => typeof member === 'string' && !world.things.has(member)))
      return 'absent'
    const members = of.map((member) => world.member(member))
    world.things.set(name, asCompleted(members, { timeout: world.timeout(timeout) }))
    return undefined
  },
  reschedule: (s, { world }) =>
    (world.things.get(s.on) as Timeout).reschedule(world.deadline(s.delay)),
} satisfies Partial<Actions>
