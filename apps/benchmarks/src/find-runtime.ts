import { runProgram } from './run-program.js'
import type { Runtime } from './runtime.js'

/**
 * The first of some programs that answers.
 *
 * @param question arguments that make it print its version.
 * @param absent what is missing when none does.
 */
export async function findRuntime(
  programs: readonly string[],
  question: readonly string[],
  absent: string,
): Promise<Runtime> {
  for (const program of programs) {
    try {
      return { program, version: (await runProgram([program, ...question])).trim() }
    } catch {
      // Not here, or without what was asked for: the next one.
    }
  }
  return { absent }
}
