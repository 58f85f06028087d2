import type { CPython } from './cpython.js'
import { Interpreter } from './interpreter.js'
import type { Program, Trace } from './program.js'
import { shrink } from './shrink.js'
import { spells, type Spells } from './spells.js'

/** Where our trace of a program is not CPython's. */
export interface Difference {
  readonly spelling: string
  readonly program: Program
  readonly ours: Trace
  readonly theirs: Trace
}

function areEqual(one: Trace, other: Trace): boolean {
  return one.length === other.length && one.every((event, i) => event === other[i])
}

async function differenceIn(
  { name, spell, makesSense }: Spells,
  program: Program,
  theirs: Trace,
): Promise<Difference | undefined> {
  if (!makesSense(program)) return undefined
  const ours = await new Interpreter(spell).trace(program)
  return areEqual(ours, theirs) ? undefined : { spelling: name, program, ours, theirs }
}

/** The first difference between ours and CPython's trace of a program, if there is one. */
export async function compare(program: Program, theirs: Trace): Promise<Difference | undefined> {
  for (const each of spells) {
    const difference = await differenceIn(each, program, theirs)
    if (difference !== undefined) return difference
  }
  return undefined
}

/** The difference, or another one in its place, of the simplest program that has any. */
export async function shrinkDifference(first: Difference, python: CPython): Promise<Difference> {
  const spelling = spells.find(({ name }) => name === first.spelling) as Spells
  let least = first
  await shrink(first.program, async (program) => {
    const difference = await differenceIn(spelling, program, python.traces([program])[0] as Trace)
    least = difference ?? least
    return difference !== undefined
  })
  return least
}

/** A difference to read: the program, and both traces around the place where they part. */
export function report({ spelling, program, ours, theirs }: Difference): string {
  const common = theirs.findIndex((event, i) => event !== ours[i])
  const parts = common < 0 ? theirs.length : common
  return [
    `${spelling}: ${JSON.stringify(program)}`,
    ...ours.slice(0, parts).map((event) => `    ${event}`),
    ...theirs.slice(parts, parts + 8).map((event) => `  - ${event}`),
    ...ours.slice(parts, parts + 8).map((event) => `  + ${event}`),
  ].join('\n')
}
