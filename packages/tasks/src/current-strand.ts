import { Context, setAmbientLoop } from '@tsyncio/loop'

import { currentFrame } from './async-frame.js'
import { steppingStrand, type Strand } from './strand.js'
import type { Task } from './task.js'

/** The strand in which the code runs: that of the generator, or of the async function. */
export function currentStrand(): Strand | undefined {
  return steppingStrand() ?? currentFrame()?.strand
}

/** The current strand, if it is one of `task`. */
export function strandOf(task: Task): Strand | undefined {
  const strand = currentStrand()
  return strand?.task === task ? strand : undefined
}

/** @throws Error outside of every task. */
export function requireStrand(what: string): Strand {
  const strand = currentStrand()
  if (strand === undefined) throw new Error(`${what} must be used inside a task.`)
  return strand
}

/** The task in which the code runs, or null. Async code counts until its function has settled. */
export function currentTask(): Task | null {
  return currentStrand()?.task ?? null
}

setAmbientLoop(() => currentFrame()?.strand.loop)
Context.setAmbient(() => currentFrame()?.strand.task.getContext())
