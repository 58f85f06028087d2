import type { Action, Program, Statement } from './program.js'
import type { Random } from './random.js'

/** What a program may do with one kind of things, besides what all programs do. */
export interface Subject {
  wait(): Statement
  action(): Action
}

type Body = () => Program

function kinds(random: Random, on: string, body: Body): Record<string, Subject> {
  const hold = (): Statement => ({ op: 'hold', on, body: body() })
  const inspect = (): Action => ({ op: 'inspect', on })
  const lock: Subject = {
    wait: () => (random.chance(0.7) ? hold() : { op: 'acquire', on }),
    action: () => (random.chance(0.7) ? { op: 'release', on } : inspect()),
  }
  const item = (): string => `${random.below(3)}${random.oneOf(['a', 'b', 'c'])}`
  const queue: Subject = {
    wait: () =>
      random.weighted<Statement>([
        [5, { op: 'put', on, item: item() }],
        [5, { op: 'get', on }],
        [1, { op: 'join', on }],
      ]),
    action: () =>
      random.weighted<Action>([
        [4, { op: 'putNowait', on, item: item() }],
        [4, { op: 'getNowait', on }],
        [3, { op: 'taskDone', on }],
        [1, { op: 'shutdown', on, immediate: random.chance(0.5) }],
        [1, inspect()],
      ]),
  }
  return {
    lock,
    semaphore: lock,
    bounded: lock,
    event: {
      wait: () => ({ op: 'waitEvent', on }),
      action: () =>
        random.weighted<Action>([
          [3, { op: 'setEvent', on }],
          [2, { op: 'clearEvent', on }],
          [1, inspect()],
        ]),
    },
    condition: {
      wait: () =>
        random.weighted<() => Statement>([
          [4, () => ({ op: 'hold', on, body: [{ op: 'waitCondition', on }, ...body()] })],
          [2, () => ({ op: 'hold', on, body: [until(), ...body()] })],
          [3, () => ({ op: 'hold', on, body: [notify(), ...body()] })],
          [1, () => ({ op: 'waitCondition', on })],
          [1, until],
          [1, hold],
        ])(),
      action: () =>
        random.weighted<() => Action>([
          [4, notify],
          [2, () => ({ op: 'setEvent', on: 'event0' })],
          [1, () => ({ op: 'clearEvent', on: 'event0' })],
          [1, () => ({ op: 'release', on })],
          [1, inspect],
        ])(),
    },
    barrier: {
      wait: () =>
        random.weighted<Statement>([
          [8, { op: 'waitBarrier', on }],
          [1, { op: 'resetBarrier', on }],
          [1, { op: 'abortBarrier', on }],
        ]),
      action: inspect,
    },
    queue,
    priority: queue,
    lifo: queue,
  }
  function until(): Statement {
    return { op: 'waitUntil', on, event: 'event0' }
  }
  function notify(): Action {
    if (random.chance(0.3)) return { op: 'notifyAll', on }
    return { op: 'notify', on, count: 1 + random.below(2) }
  }
}

const things = [
  ...['lock0', 'lock0', 'lock1', 'semaphore0', 'semaphore1', 'bounded0', 'event0'],
  ...['condition0', 'condition0', 'condition1', 'condition1', 'barrier0', 'barrier1'],
  ...['queue0', 'queue0', 'queue0', 'queue1', 'priority0', 'priority0', 'lifo0', 'lifo0'],
]

/** What is done with one of the things that every program finds. */
export function randomSubject(random: Random, body: Body): Subject {
  const on = random.oneOf(things)
  return kinds(random, on, body)[on.slice(0, -1)] as Subject
}
