// Effect, in the same shapes as tsyncio.ts.
import { Effect, Fiber } from 'effect'

import { measure } from './measure.js'
import { CALLBACKS, ROUNDS, TASKS } from './sizes.js'

const sleeper = Effect.gen(function* () {
  for (let i = 0; i < ROUNDS; i++) yield* Effect.yieldNow
})

const waiter = Effect.gen(function* () {
  for (let i = 0; i < ROUNDS; i++) {
    yield* Effect.callback<void>((resume) => queueMicrotask(() => resume(Effect.void)))
  }
})

function takeTurns(work: Effect.Effect<void>) {
  const all = Effect.gen(function* () {
    const fibers = []
    for (let i = 0; i < TASKS; i++) fibers.push(yield* Effect.forkChild(work))
    for (const fiber of fibers) yield* Fiber.join(fiber)
    return TASKS * ROUNDS
  })
  return () => Effect.runPromise(all)
}

const nothing = Effect.gen(function* () {})

const create = Effect.gen(function* () {
  for (let i = 0; i < CALLBACKS; i++) yield* Fiber.join(yield* Effect.forkChild(nothing))
  return CALLBACKS
})

await measure({
  'switch-sleep': takeTurns(sleeper),
  'switch-future': takeTurns(waiter),
  create: () => Effect.runPromise(create),
})
