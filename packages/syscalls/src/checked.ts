const BAD_ARGUMENT = -100_000

function refuse(result: number, signature: string): never {
  const code = BAD_ARGUMENT - result
  const [name, parameters] = signature.slice(0, -1).split('(') as [string, string]
  const parameter = parameters.split(', ')[code >> 1] ?? `${(code >> 1) + 1}`
  const isRange = (code & 1) === 1
  const message = `${name}(): argument "${parameter}" ${isRange ? 'is out of range' : 'has the wrong type'} in ${signature}`
  throw isRange ? new RangeError(message) : new TypeError(message)
}

/**
 * Passes a result of the addon through, and makes an exception of the codes that
 * say that an argument was wrong. `signature` names the parameters in order.
 */
export function checked(result: number, signature: string): number {
  return result > BAD_ARGUMENT ? result : refuse(result, signature)
}
