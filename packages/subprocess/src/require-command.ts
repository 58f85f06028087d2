import { requireText } from './require-text.js'

/** @throws TypeError for what is no program with its arguments. */
export function requireCommand(program: unknown, args: unknown): void {
  requireText(program, 'the program')
  if (!Array.isArray(args)) {
    throw new TypeError(`Expected an array of arguments, got ${String(args)} (${typeof args}).`)
  }
  args.forEach((arg, index) => requireText(arg, `the argument ${index}`))
}
