import { Context } from '@tsyncio/loop'

import { Failure } from './describe.js'
import type { Actions } from './table.js'

/** What is done with callbacks, and with the variables of their contexts. */
export const callbackActions = {
  soon(s, { world }) {
    const { loop, things } = world
    const call = world.callback(s)
    const context = s.context === undefined ? undefined : things.get(s.context)
    function wait(left: number): void {
      if (left === 0) call()
      else things.set(s.name, loop.callSoon(wait, left - 1))
    }
    const handle =
      context === undefined ? loop.callSoon(wait, s.turns) : loop.callSoonIn(context, wait, s.turns)
    things.set(s.name, handle)
  },
  later(s, { world }) {
    const handle = world.loop.callLater(world.delay(s.delay), world.callback(s))
    world.things.set(s.name, handle)
  },
  at(s, { world }) {
    const when = world.loop.time() + world.delay(s.delay)
    world.things.set(s.name, world.loop.callAt(when, world.callback(s)))
  },
  unschedule(s, { world }) {
    const handle = world.things.get(s.name)
    if (handle === undefined) return 'none'
    handle.cancel()
    return handle.cancelled()
  },
  watch(s, { world }) {
    const call = world.callback(s)
    const context = s.context === undefined ? undefined : world.things.get(s.context)
    world.things.set(s.name, call)
    world.things.get(s.on).addDoneCallback(call, context && { context })
  },
  unwatch: (s, { world: { things } }) => things.get(s.on).removeDoneCallback(things.get(s.name)),
  context: (s, { world }) => void world.things.set(s.name, Context.current.copy()),
  setVariable(s, { world }) {
    world.things.set(s.name, world.things.get(s.on).set(s.value))
  },
  getVariable: (s, { world }) => world.things.get(s.on).get(),
  resetVariable(s, { world }) {
    const token = world.things.get(s.on)
    try {
      token.variable.reset(token)
    } catch {
      throw new Failure('refused')
    }
  },
} satisfies Partial<Actions>
