import { expect, it } from 'vitest'

import type { Program } from './program.js'
import { randomProgram } from './random-program.js'
import { shrink } from './shrink.js'

function contains(program: Program, ...operations: string[]): boolean {
  const text = JSON.stringify(program)
  return operations.every((op) => text.includes(`"op":"${op}"`))
}

it('shrinks a program to the statements without which it does not fail', async () => {
  const seed = Array.from({ length: 1_000 }, (_, i) => i).find((each) =>
    contains(randomProgram(each), 'put', 'watch', 'sleep'),
  )
  const program = randomProgram(seed!)
  const least = await shrink(program, (each) => contains(each, 'put', 'watch', 'sleep'))
  expect(least.map(({ op }) => op).sort()).toEqual(['put', 'sleep', 'watch'])
})

it('makes the numbers small and leaves out what is optional', async () => {
  const program: Program = [
    { op: 'repeat', times: 3, body: [{ op: 'cancel', on: 'task0', message: 'a' }] },
    { op: 'sleep', delay: 40 },
  ]
  const least = await shrink(program, (each) => contains(each, 'cancel', 'repeat', 'sleep'))
  expect(least).toEqual([
    { op: 'repeat', times: 1, body: [{ op: 'cancel', on: 'task0' }] },
    { op: 'sleep', delay: 1 },
  ])
})
