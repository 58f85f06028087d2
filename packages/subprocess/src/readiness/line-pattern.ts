import type { ProcessLine } from '../lines/process-line.js'

/** Which line is meant: one that contains a text, matches, or is chosen by a function. */
export type LinePattern = string | RegExp | ((line: ProcessLine) => boolean)

/** Whether it is the line; what the expression found in it, if the pattern is one. */
export function matchLine(
  pattern: LinePattern,
  line: ProcessLine,
): { readonly match: RegExpExecArray | null } | undefined {
  if (pattern instanceof RegExp) {
    // One with the flags g or y goes on where it was.
    pattern.lastIndex = 0
    const match = pattern.exec(line.text)
    return match === null ? undefined : { match }
  }
  const isIt = typeof pattern === 'string' ? line.text.includes(pattern) : pattern(line)
  return isIt ? { match: null } : undefined
}

/** For a message: "a line contained "x"". */
export function describePattern(pattern: LinePattern): string {
  if (pattern instanceof RegExp) return `a line matched ${String(pattern)}`
  if (typeof pattern === 'string') return `a line contained ${JSON.stringify(pattern)}`
  return 'a line was chosen'
}

/** @throws TypeError for what is no pattern. */
export function requirePattern(pattern: unknown): asserts pattern is LinePattern {
  if (typeof pattern === 'string' || pattern instanceof RegExp || typeof pattern === 'function')
    return
  throw new TypeError(
    `Expected a text, a RegExp or a function for the line to wait for, got ${String(pattern)}.`,
  )
}
