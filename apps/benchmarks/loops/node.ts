// Plain Node: what each operation of ours is compared with.
import { measure } from './measure.js'
import { CALLBACKS, DAY, DEEP_ROUNDS, DEPTH, ROUNDS, TASKS, TIMERS } from './sizes.js'

function immediates(): Promise<number> {
  return new Promise((resolve) => {
    let left = CALLBACKS
    const callback = () => {
      if (--left === 0) resolve(CALLBACKS)
    }
    for (let i = 0; i < CALLBACKS; i++) setImmediate(callback)
  })
}

function microtasks(): Promise<number> {
  return new Promise((resolve) => {
    let left = CALLBACKS
    const callback = () => {
      if (--left === 0) resolve(CALLBACKS)
    }
    for (let i = 0; i < CALLBACKS; i++) queueMicrotask(callback)
  })
}

function timers(): number {
  const made = new Array<NodeJS.Timeout>(TIMERS)
  for (let i = 0; i < TIMERS; i++) made[i] = setTimeout(() => {}, DAY)
  for (const timer of made) clearTimeout(timer)
  return TIMERS
}

function timeouts(): number {
  for (let i = 0; i < TIMERS; i++) clearTimeout(setTimeout(() => {}, DAY))
  return TIMERS
}

async function waitInMicrotasks(): Promise<void> {
  for (let i = 0; i < ROUNDS; i++) {
    await new Promise<void>((resolve) => queueMicrotask(resolve))
  }
}

async function promises(): Promise<number> {
  await Promise.all(Array.from({ length: TASKS }, waitInMicrotasks))
  return TASKS * ROUNDS
}

/** Waits at the innermost of `level` calls. */
async function deep(level: number): Promise<void> {
  if (level === 0) await new Promise<void>(queueMicrotask)
  else await deep(level - 1)
}

async function dive(): Promise<void> {
  for (let i = 0; i < DEEP_ROUNDS; i++) await deep(DEPTH)
}

async function dives(): Promise<number> {
  await Promise.all(Array.from({ length: TASKS }, dive))
  return TASKS * DEEP_ROUNDS
}

async function nothing(): Promise<void> {}

async function calls(): Promise<number> {
  for (let i = 0; i < CALLBACKS; i++) await nothing()
  return CALLBACKS
}

await measure({
  'call-soon': immediates,
  'call-soon-microtask': microtasks,
  timers,
  timeouts,
  switch: promises,
  deep: dives,
  create: calls,
})
