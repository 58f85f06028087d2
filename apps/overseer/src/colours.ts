/** Whether to colour: NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal decides. */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const { NO_COLOR = '', FORCE_COLOR } = env
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0'
  return isTerminal
}

// The six that are not black or white, then their bright kin: readable on either ground.
const codes = [36, 33, 32, 35, 34, 31, 96, 93, 92, 95, 94, 91]

/** Colours the names of one process type after another. */
export function colour(index: number): (text: string) => string {
  const code = codes[index % codes.length]
  return (text) => `\u001b[${code}m${text}\u001b[0m`
}
