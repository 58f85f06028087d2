import { constants } from 'node:os'

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

/** What a returncode means, in words. */
export function describeExit(returncode: number): string {
  if (returncode >= 0) return `exited with code ${returncode}`
  return `killed by ${names.get(-returncode) ?? `signal ${-returncode}`}`
}
