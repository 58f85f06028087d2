import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./programs/fuzz/main.js', import.meta.url))

export interface FuzzResult {
  readonly calls: number
  readonly values: number
  readonly refused: number
  readonly wrong: readonly unknown[]
}

/** Runs the fuzz in a process of its own; fails when it crashes, with what it said. */
export function runFuzz(options: {
  calls: number
  seed: number
  env?: Record<string, string>
}): FuzzResult {
  const { calls, seed, env } = options
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [program, `${calls}`, `${seed}`],
    // A signal that the program watches would not end it.
    { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 600_000, killSignal: 'SIGKILL' },
  )
  if (stdout === '') throw new Error(`seed ${seed}: ended with ${signal ?? status}\n${stderr}`)
  return JSON.parse(stdout) as FuzzResult
}
