import type { Column } from './column.js'
import type { LoopWork } from './loop-works.js'
import { CONTENDER_CORE, pinned } from './pinned.js'
import { runProgram } from './run-program.js'
import type { Series } from './series.js'

const columns: readonly Column[] = [
  { figure: 'heap', title: 'heap B/task', digits: 0 },
  { figure: 'resident', title: 'process B/task', digits: 0 },
]

interface MemoryReport {
  readonly tasks: number
  /** Bytes; only JavaScript has it. */
  readonly heap?: number
  /** Bytes. */
  readonly resident: number
}

/** What everybody's tasks take: a fresh process for every round. */
export function memorySeries({ work, contenders, bars }: LoopWork): Series {
  return {
    work,
    contenders,
    columns,
    bars,
    async measure({ command }) {
      const output = await runProgram(pinned(CONTENDER_CORE, command))
      const { tasks, heap, resident } = JSON.parse(output) as MemoryReport
      const figures = { resident: resident / tasks, tasks }
      return { figures: heap === undefined ? figures : { heap: heap / tasks, ...figures } }
    },
  }
}
