import type { MaybeContender } from './contender.js'
import type { Runtime } from './runtime.js'

/** A contender on a runtime, or its absence. */
export function contenderOn(
  runtime: Runtime,
  name: string,
  args: readonly string[],
): MaybeContender {
  if ('absent' in runtime) return { name, absent: runtime.absent }
  return { name, version: runtime.version, command: [runtime.program, ...args] }
}
