import { Context, setAmbientLoop, type EventLoop } from '@tsyncio/loop'

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

/**
 * The task in which the code runs, or null. Async code counts until its function has settled.
 *
 * @param loop asks for the current task of that loop. Default: of whichever runs.
 */
export function currentTask(loop?: EventLoop): Task | null {
  const task = currentStrand()?.task
  return task !== undefined && (loop ?? task.getLoop()) === task.getLoop() ? task : null
}

// Of the strand, and not of the frame alone: an eager task takes its first step where it
// is made, which may be in a microtask.
setAmbientLoop(() => currentStrand()?.loop)
Context.setAmbient(() => currentFrame()?.strand.task.getContext())
