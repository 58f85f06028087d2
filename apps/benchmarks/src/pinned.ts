import { nativeProgram } from './native-program.js'

/** Where the contenders run. */
export const CONTENDER_CORE = 0
/** Where the load generator runs. */
export const GENERATOR_CORE = 1

/** The command that runs `command` on one core alone. */
export function pinned(core: number, command: readonly string[]): string[] {
  return [nativeProgram('pin'), String(core), ...command]
}
