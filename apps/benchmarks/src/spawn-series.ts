import { CONTENDER_CORE, pinned } from './pinned.js'
import { runProgram } from './run-program.js'
import type { Series } from './series.js'
import type { SpawnWork } from './spawn-works.js'

interface SpawnReport {
  readonly operations: number
  /** Nanoseconds, as the others. */
  readonly cpu: number
  readonly wall: number
  readonly held: number
}

/** One thing that is done with processes, by everybody: a fresh process for every round. */
export function spawnSeries(work: SpawnWork, seconds: number): Series {
  return {
    ...work,
    async measure({ command: [program, file, operation, ...more] }) {
      const command = [program!, file!, operation!, String(seconds), ...more]
      const output = await runProgram(pinned(CONTENDER_CORE, command))
      const { operations, cpu, wall, held } = JSON.parse(output) as SpawnReport
      return {
        figures: {
          operations,
          cpu: cpu / operations / 1e3,
          clock: wall / operations / 1e3,
          held: held / operations / 1e3,
          megabytesPerSecond: operations / (wall / 1e3),
          idle: cpu / 1e3 / (wall / 1e9),
        },
      }
    },
  }
}
