import type { ProcessType } from './procfile.js'
import { UserError } from './user-error.js'

const wrong = 2

/**
 * Which types get a terminal: `web,worker`, or `all`; none without a list.
 *
 * @throws UserError, with exit code 2, for what is not in the Procfile.
 */
export function parseTerminals(
  list: string | undefined,
  types: readonly ProcessType[],
): ReadonlySet<string> {
  const known = types.map(({ name }) => name)
  if (list === undefined) return new Set()
  if (list === 'all') return new Set(known)
  const names = list.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return new Set(names)
  throw new UserError(`--pty: there is no "${unknown}", only ${known.join(', ')}`, wrong)
}
