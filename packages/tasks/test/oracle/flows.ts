import { CancelledError, isCancelled } from '@tsyncio/loop'
import {
  coroutine,
  taskGroup,
  timeout,
  timeoutAt,
  TimeoutError,
  type Gen,
  type Lock,
  type Started,
  type TaskGroup,
  type Timeout,
} from '@tsyncio/tasks'
import { generators, type Waited } from '@tsyncio/tasks/testing/vitest'

import { Failure } from './describe.js'
import type { Caught, Of } from './program.js'
import type { Flows, Scope } from './table.js'
import type { Steps } from './world.js'

function takes(only: Caught, error: unknown): boolean {
  return only === 'everything' || isCancelled(error) === (only === 'cancellations')
}

function thrown(name: string): Error {
  if (name === 'timeout') return new TimeoutError()
  return name === 'cancelled' ? new CancelledError() : new Failure(name)
}

function* within(
  { name, body }: Of<'timeout'>,
  { world, me, spelling, run }: Scope,
  begin: (body: (timeout: Timeout) => Started) => Waited<unknown>,
): Steps {
  let own: Timeout | undefined
  const inner = spelling.body((limit: Timeout) => {
    own = limit
    world.things.set(name, limit)
    return run(body)
  })
  try {
    return (yield* spelling.wait(begin(inner))) as string | undefined
  } finally {
    world.note(me, 'expired', name, 'ok', own?.expired())
  }
}

/** What decides which statements run. */
export const flows: Flows = {
  *throw(s) {
    throw thrown(s.error)
  },
  *return(s) {
    return s.value
  },
  *repeat(s, { run }) {
    for (let i = 0; i < s.times; i++) {
      const result = yield* run(s.body)
      if (result !== undefined) return result
    }
    return undefined
  },
  *call(s, { spelling, run }) {
    const body = spelling.body(() => run(s.body))
    return yield* spelling.wait(body() as never as Waited<string | undefined>)
  },
  *coroutine(s, { spelling, run }) {
    const steps = run(s.body, generators) as Gen<string | undefined>
    return yield* spelling.wait(coroutine(steps))
  },
  *catch(s, { world, me, run }) {
    try {
      return yield* run(s.body)
    } catch (error) {
      if (!takes(s.only, error)) throw error
      world.note(me, 'catches', s.only, 'ok', error)
      const result = yield* run(s.handler)
      if (s.rethrow === true) throw error
      return result
    }
  },
  *finally(s, { run }) {
    let result
    try {
      result = yield* run(s.body)
    } finally {
      const override = yield* run(s.last)
      if (override !== undefined) return override
    }
    return result
  },
  *timeout(s, scope) {
    const delay = s.delay === null ? null : scope.world.delay(s.delay)
    return yield* within(s, scope, (body) => timeout(delay, body))
  },
  *timeoutAt(s, scope) {
    const when = scope.world.deadline(s.delay)
    return yield* within(s, scope, (body) => timeoutAt(when, body))
  },
  *hold(s, { world, spelling, run }) {
    const lock = world.things.get(s.on) as Lock
    yield* spelling.wait(lock.acquire())
    try {
      return yield* run(s.body)
    } finally {
      lock.release()
    }
  },
  *group(s, { world, spelling, run }) {
    const body = spelling.body((group: TaskGroup) => {
      world.things.set(s.name, group)
      return run(s.body)
    })
    return (yield* spelling.wait(taskGroup(body))) as string | undefined
  },
}
