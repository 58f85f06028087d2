import type { Member, Program, Statement } from './program.js'

type Fields = Record<string, unknown>
type Fails = (program: Program) => Promise<boolean> | boolean

const bodies = ['body', 'handler', 'last', 'act']
const optional = ['context', 'message', 'raises', 'rethrow']

function splice<T>(list: readonly T[], start: number, count: number, ...items: T[]): T[] {
  return [...list.slice(0, start), ...items, ...list.slice(start + count)]
}

function bodyOf(member: Member): Program | undefined {
  return typeof member === 'string' ? undefined : member.body
}

/** All programs that are one step simpler: without some statements, or with less in one. */
function* simpler(program: Program): Generator<Program> {
  for (let length = program.length; length >= 1; length = Math.floor(length / 2)) {
    for (let i = 0; i + length <= program.length; i += length) yield splice(program, i, length)
  }
  for (const [i, statement] of program.entries()) {
    for (const inner of bodiesOf(statement)) yield splice(program, i, 1, ...inner)
    for (const less of simplerStatements(statement)) yield splice(program, i, 1, less)
  }
}

function bodiesOf(statement: Statement): Program[] {
  const fields = statement as Fields
  const members = [fields['of'] ?? []].flat() as Member[]
  const inner = [...bodies.map((key) => fields[key]), ...members.map(bodyOf)]
  return inner.filter((body) => body !== undefined) as Program[]
}

function* simplerStatements(statement: Statement): Generator<Statement> {
  const fields = statement as Fields
  for (const [key, value] of Object.entries(fields)) {
    for (const less of simplerValues(key, value)) yield { ...fields, [key]: less } as Statement
    if (!optional.includes(key)) continue
    const { [key]: _, ...rest } = fields
    yield rest as Statement
  }
}

function* simplerValues(key: string, value: unknown): Generator<unknown> {
  if (bodies.includes(key)) yield* simpler(value as Program)
  else if (key === 'of' && Array.isArray(value)) yield* simplerMembers(value as Member[])
  else if (key === 'of') yield* simplerMember(value as Member)
  else if (typeof value === 'number' && value > 1) yield* [1, value - 1]
}

function* simplerMembers(members: readonly Member[]): Generator<Member[]> {
  for (const [i, member] of members.entries()) {
    yield splice(members, i, 1)
    for (const less of simplerMember(member)) yield splice(members, i, 1, less)
  }
}

function* simplerMember(member: Member): Generator<Member> {
  if (typeof member === 'string') return
  for (const body of simpler(member.body)) yield { ...member, body }
}

/** The simplest program for which `fails` still holds, as far as single steps lead to it. */
export async function shrink(program: Program, fails: Fails): Promise<Program> {
  for (let next: Program | undefined = program; next !== undefined;) {
    program = next
    next = await firstOf(simpler(program), fails)
  }
  return program
}

async function firstOf(programs: Iterable<Program>, fails: Fails): Promise<Program | undefined> {
  for (const program of programs) if (await fails(program)) return program
  return undefined
}
