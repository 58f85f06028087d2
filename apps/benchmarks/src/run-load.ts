import type { LoadReport } from './load-report.js'
import type { LoadShape } from './load-shape.js'
import { nativeProgram } from './native-program.js'
import { packagePath } from './package-path.js'
import { GENERATOR_CORE, pinned } from './pinned.js'
import { runProgram } from './run-program.js'

export interface LoadOptions extends Partial<LoadShape> {
  readonly port: number
  /** The server's process: its CPU time goes into the report. */
  readonly pid: number
  /** Seconds before anything is counted. */
  readonly warm: number
  /** Seconds that are measured. */
  readonly seconds: number
  /** The share of its core above which the generator naps. */
  readonly cap?: number
}

/**
 * Loads an echo server and compares every byte that comes back.
 *
 * @throws Error if a byte is wrong, a connection breaks or nothing comes back.
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const program =
    options.mode === 'tls'
      ? pinned(GENERATOR_CORE, [process.execPath, packagePath('dist/loads/tls.js')])
      : [nativeProgram('load'), '--core', String(GENERATOR_CORE)]
  const output = await runProgram([...program, ...args])
  return JSON.parse(output) as LoadReport
}
