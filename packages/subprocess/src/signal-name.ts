import { constants } from 'node:os'

const names = Object.entries(constants.signals) as [NodeJS.Signals, number][]

/** The name of the signal that a returncode tells of; null if it was an exit. */
export function signalName(returncode: number): NodeJS.Signals | null {
  if (returncode >= 0) return null
  const [name] = names.find(([, number]) => number === -returncode) ?? []
  // Real-time signals have no names of their own.
  return name ?? (`SIG${-returncode}` as NodeJS.Signals)
}
