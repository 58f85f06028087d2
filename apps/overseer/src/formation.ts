import type { ProcessType } from './procfile.js'
import { UserError } from './user-error.js'

/** How many processes there are of each type. */
export type Formation = ReadonlyMap<string, number>

const usage = 2
const mostOfAType = 100

/**
 * Reads `web=2,worker=1`; `all=N` stands for the types that are not named. A type that is
 * not named at all has one process.
 *
 * @throws UserError for anything else, and for a name that the Procfile does not have.
 */
export function parseFormation(text: string | undefined, types: readonly ProcessType[]): Formation {
  const named = new Map<string, number>()
  for (const part of text === undefined ? [] : text.split(',')) {
    const [, name, digits] = /^\s*([A-Za-z0-9_-]+)=(\d{1,4})\s*$/.exec(part) ?? []
    if (name === undefined || Number(digits) > mostOfAType) {
      throw new UserError(
        `-m: expected name=number with at most ${mostOfAType} of each, got "${part}"`,
        usage,
      )
    }
    if (name !== 'all' && !types.some((type) => type.name === name)) {
      throw new UserError(`-m: there is no process "${name}" in the Procfile`, usage)
    }
    named.set(name, Number(digits))
  }
  const others = named.get('all') ?? 1
  return new Map(types.map(({ name }) => [name, named.get(name) ?? others]))
}
