import { isOwnFrame } from '@tsyncio/loop'

/** One function on a stack. */
export interface FrameCallGraphEntry {
  /** Its name; `(anonymous)` without one. */
  readonly name: string
  /** File, line and column, if they are known. */
  readonly place: string | undefined
}

const pattern = /^\s*at (?:async )?(?:(.*) \((.*)\)|(.*))$/
const anonymous = '(anonymous)'

function frameOf(line: string): FrameCallGraphEntry {
  const [, name, place, bare] = pattern.exec(line) ?? []
  return { name: name ?? anonymous, place: place ?? bare }
}

// Native functions have no place: the `next` of a generator, Promise.all.
function isUsers(line: string): boolean {
  return !isOwnFrame(line) && !/\(?(?:<anonymous>|node:[^)]*|native|index \d+)\)?$/.test(line)
}

function linesOf(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line))
}

/** The user's functions among some lines of a stack. */
export function userFrames(lines: readonly string[]): FrameCallGraphEntry[] {
  return lines.filter(isUsers).map(frameOf)
}

/** The user's functions on the stack of a strand that runs, down to where it is stepped. */
export function framesOfStep(stack: string): FrameCallGraphEntry[] {
  const lines = linesOf(stack)
  const bottom = lines.findIndex(
    (line) => isOwnFrame(line) && /\b(?:stepAndDeliver|stepWithoutDelivering|step)\b/.test(line),
  )
  return userFrames(bottom < 0 ? lines : lines.slice(0, bottom))
}

/**
 * The user's functions on the stack of an async function, and those that await it: V8
 * appends them, below whatever ran the microtask.
 */
export function framesOfAsync(stack: string): FrameCallGraphEntry[] {
  const lines = linesOf(stack)
  const below = lines.slice(lines.findIndex((line) => !isOwnFrame(line)))
  const first = below.findIndex(isOwnFrame)
  if (first < 0) return userFrames(below)
  const last = below.map(isOwnFrame).lastIndexOf(true)
  return userFrames([...below.slice(0, first), ...below.slice(last)])
}

/** Which function of the library's the user called, and where. */
export function callerOf(stack: string): { callee: string; place: string | undefined } {
  const lines = linesOf(stack)
  const caller = lines.findIndex((line) => !isOwnFrame(line))
  const [at, before] = [lines[caller], lines[caller - 1]]
  const place = at?.trim().replace(/^at /, '')
  return { callee: before === undefined ? anonymous : frameOf(before).name, place }
}
