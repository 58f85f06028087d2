import type { Column } from './column.js'
import type { LoopWork } from './loop-works.js'
import { CONTENDER_CORE, pinned } from './pinned.js'
import { runProgram } from './run-program.js'
import type { Series } from './series.js'

const columns: readonly Column[] = [
  { figure: 'cpu', title: 'CPU ns/op', digits: 1 },
  { figure: 'wall', title: 'clock ns/op', digits: 1 },
]

interface LoopReport {
  readonly operations: number
  /** Nanoseconds. */
  readonly cpu: number
  /** Nanoseconds. */
  readonly wall: number
}

/** One operation of the loop by everybody: a fresh process for every round. */
export function loopSeries({ work, contenders, bars }: LoopWork, seconds: number): Series {
  return {
    work,
    contenders,
    columns,
    bars,
    async measure({ command }) {
      const output = await runProgram(pinned(CONTENDER_CORE, [...command, String(seconds)]))
      const { operations, cpu, wall } = JSON.parse(output) as LoopReport
      return { figures: { cpu: cpu / operations, wall: wall / operations, operations } }
    },
  }
}
