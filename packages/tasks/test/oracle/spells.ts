import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'

import type { Program } from './program.js'
import type { Spell } from './world.js'

/** One way to spell the tasks of a program. */
export interface Spells {
  readonly name: string
  readonly spell: Spell
  /** Whether what it gives of a program must be what asyncio gives. */
  makesSense(program: Program): boolean
}

// An eager task runs to its first wait before `createTask` returns. An async function gets
// to its first `await` as well; but what is awaited is only looked at by a microtask, when
// the one who made the task has given way.
function startsEagerly(program: Program): boolean {
  return JSON.stringify(program).includes('Eagerly"')
}

/** Every task as generators, every task as async functions, and one or the other by turns. */
export const spells: readonly Spells[] = [
  { name: 'generators', spell: () => generators, makesSense: () => true },
  {
    name: 'async functions',
    spell: () => asyncFunctions,
    makesSense: (program) => !startsEagerly(program),
  },
  {
    name: 'both by turns',
    spell: (task) => (Number(task.slice(4)) % 2 === 0 ? asyncFunctions : generators),
    makesSense: (program) => !startsEagerly(program),
  },
]
