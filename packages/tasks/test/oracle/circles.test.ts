import { expect, it } from 'vitest'

import { Interpreter } from './interpreter.js'
import type { Program, Trace } from './program.js'
import { randomProgram } from './random-program.js'
import { spells, type Spells } from './spells.js'

// asyncio exhausts the stack when a cancellation runs in a circle (TK4): nothing to compare.
function trace(program: Program, { spell }: Spells): Promise<Trace> {
  return new Interpreter(spell, { circles: true }).trace(program)
}

const together: Program = [
  { op: 'spawn', name: 'task1', body: [{ op: 'await', on: 'task2' }] },
  { op: 'spawn', name: 'task2', body: [{ op: 'await', on: 'gather0' }] },
  { op: 'gather', name: 'gather0', of: ['task1', 'future0'], returnExceptions: false },
  { op: 'sleep', delay: 1 },
  { op: 'cancel', on: 'task1' },
]

for (const each of spells) {
  it(`cancels tasks that wait for each other in a circle (${each.name})`, async () => {
    const events = await trace(together, each)
    expect(events.filter((event) => event.includes(' ends '))).toEqual([
      expect.stringContaining('task0 ends  ok task0'),
      expect.stringContaining('task1 ends  ok cancelled'),
      expect.stringContaining('task2 ends  ok cancelled'),
    ])
  })

  it(`brings programs with circles to their end (${each.name})`, async () => {
    for (let seed = 0; seed < 300; seed++) {
      const events = await trace(randomProgram(seed), each)
      expect(events.filter((event) => event.includes('RangeError'))).toEqual([])
      expect(events.at(-1)).toContain(' ends ')
    }
  }, 60_000)
}
