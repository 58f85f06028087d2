import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'
import { expect, it } from 'vitest'

import { Interpreter } from './interpreter.js'
import type { Program } from './program.js'

// Where programs as async functions do not give asyncio's trace: see spells.ts.
const eager: Program = [
  {
    op: 'spawnEagerly',
    name: 'task1',
    body: [
      { op: 'getVariable', on: 'variable0' },
      { op: 'put', on: 'queue1', item: '1a' },
    ],
  },
  { op: 'inspect', on: 'queue1' },
  { op: 'sleep', delay: 0 },
  { op: 'inspect', on: 'queue1' },
]

async function eventsOf(spelling: typeof generators): Promise<string[]> {
  const trace = await new Interpreter(() => spelling).trace(eager)
  return trace.map((event) => event.trim()).filter((event) => /getVariable|put|inspect/.test(event))
}

it('takes the first wait of an eager generator before its maker goes on', async () => {
  expect(await eventsOf(generators)).toEqual([
    '0 task1 getVariable variable0 ok none',
    '0 task1 put queue1 ok',
    '0 task0 inspect queue1 ok (1 false false)',
    '0 task0 inspect queue1 ok (1 false false)',
  ])
})

it('takes the first wait of an eager async function when its maker gives way', async () => {
  expect(await eventsOf(asyncFunctions)).toEqual([
    '0 task1 getVariable variable0 ok none',
    '0 task0 inspect queue1 ok (0 true false)',
    '0 task1 put queue1 ok',
    '0 task0 inspect queue1 ok (1 false false)',
  ])
})
