import { constants } from 'node:os'

const { signals } = constants
const highest = 64

/** The number of a signal that is given by name or by number. */
export function signalNumber(signal: NodeJS.Signals | number): number {
  if (typeof signal === 'number') {
    if (Number.isInteger(signal) && signal >= 0 && signal <= highest) return signal
    throw new RangeError(`Expected the number of a signal, got ${signal}.`)
  }
  if (typeof signal !== 'string') {
    throw new TypeError(
      `Expected a signal such as 'SIGTERM' or 15, got ${String(signal)} (${typeof signal}).`,
    )
  }
  const number = (signals as Partial<Record<string, number>>)[signal]
  if (number === undefined)
    throw new RangeError(`There is no signal ${String(signal)} on this system.`)
  return number
}
