import { UserError } from './user-error.js'

const defaultBase = 5000
const perType = 100
const highest = 65_535

/**
 * The first port, as foreman finds it: the option, else `PORT` of the `.env`, else `PORT`
 * of the environment, else 5000.
 *
 * @throws UserError for what is no port.
 */
export function basePort(
  option: number | undefined,
  ...environments: Readonly<Record<string, string | undefined>>[]
): number {
  if (option !== undefined) return option
  const text = environments
    .map(({ PORT }) => PORT)
    .find((port) => port !== undefined && port !== '')
  if (text === undefined) return defaultBase
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= highest) return port
  throw new UserError(`PORT in the environment: expected a port, got "${text}"`)
}

/**
 * The `$PORT` of a process, as foreman gives them: 100 for each type, one for each process.
 *
 * @param type the place of its type in the Procfile, from 0.
 * @param number which of its type it is, from 1.
 * @throws UserError beyond the last port there is.
 */
export function portOf(base: number, type: number, number: number): number {
  const port = base + type * perType + number - 1
  if (port <= highest) return port
  throw new UserError(`port ${port} is beyond ${highest}: give a lower base port with -p`)
}
