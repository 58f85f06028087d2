// effection, in the same shapes as tsyncio.ts.
import { action, run, spawn, type Operation } from 'effection'

import { measure } from './measure.js'
import { CALLBACKS, ROUNDS, TASKS } from './sizes.js'

function* waiter(): Operation<void> {
  for (let i = 0; i < ROUNDS; i++) {
    yield* action<void>((resolve) => {
      queueMicrotask(resolve)
      return () => {}
    })
  }
}

async function takeTurns(): Promise<number> {
  return await run(function* () {
    const tasks = []
    for (let i = 0; i < TASKS; i++) tasks.push(yield* spawn(waiter))
    for (const task of tasks) yield* task
    return TASKS * ROUNDS
  })
}

/** It takes tens of microseconds for each: a batch is to take no longer than the others'. */
const CREATED = CALLBACKS / 20

function* nothing(): Operation<void> {}

async function create(): Promise<number> {
  return await run(function* () {
    for (let i = 0; i < CREATED; i++) yield* yield* spawn(nothing)
    return CREATED
  })
}

await measure({ 'switch-future': takeTurns, create })
