import { currentStack, suspendedStack } from '@tsyncio/loop'

import { AsyncFrame, currentFrame } from './async-frame.js'
import { Branch } from './branch.js'
import {
  framesOfAsync,
  framesOfStep,
  userFrames,
  type FrameCallGraphEntry,
} from './frame-call-graph-entry.js'
import { steppingStrand, type Strand } from './strand.js'

/** The generators of a strand that waits; of one that is ready, where it is is not known. */
function generators(strand: Strand): readonly FrameCallGraphEntry[] {
  if (strand.waitingFor === null) return []
  return userFrames((strand.generator && suspendedStack(strand.generator)) ?? [])
}

/** The async functions that wait in a branch: known in debug mode. */
function asyncFunctions(strand: Strand): readonly FrameCallGraphEntry[] {
  return strand instanceof Branch && strand.awaitedAt !== undefined
    ? framesOfAsync(strand.awaitedAt)
    : []
}

function body(name: string): FrameCallGraphEntry {
  return { name: name === '' ? '(anonymous)' : name, place: undefined }
}

// Branches of one function have it at their ends, at another column of the same line.
function withoutRepeats(frames: readonly FrameCallGraphEntry[]): FrameCallGraphEntry[] {
  const line = ({ name, place }: FrameCallGraphEntry): string =>
    `${name} ${place?.replace(/:\d+$/, '')}`
  return frames.filter(
    (frame, i) => !frames.slice(i + 1).some((later) => line(later) === line(frame)),
  )
}

function insideOf(frame: AsyncFrame): readonly FrameCallGraphEntry[] {
  const frames = withoutRepeats(frame.branches.flatMap(waitingFrames))
  const isKnown = frame.branches.some((branch) => branch.awaitedAt !== undefined)
  return isKnown ? frames : [...frames, body(frame.name)]
}

function waitingFrames(strand: Strand): readonly FrameCallGraphEntry[] {
  const inside = strand.waitingFor instanceof AsyncFrame ? insideOf(strand.waitingFor) : []
  return [...inside, ...generators(strand), ...asyncFunctions(strand)]
}

/** The functions in which a strand waits, innermost first. */
export function callStackOf(strand: Strand): readonly FrameCallGraphEntry[] {
  const frames = waitingFrames(strand)
  return frames.length === 0 && strand.bodyName !== undefined ? [body(strand.bodyName)] : frames
}

/** The functions of the current task that run now, innermost first. */
export function currentCallStack(): readonly FrameCallGraphEntry[] {
  const stack = currentStack()
  const stepping = steppingStrand()
  const frames = stepping === undefined ? framesOfAsync(stack) : framesOfStep(stack)
  const first = stepping ?? currentFrame()?.strand
  for (let strand = first; strand !== undefined; strand = parentOf(strand)) {
    frames.push(...generators(strand), ...asyncFunctions(strand))
  }
  return frames
}

function parentOf(strand: Strand): Strand | undefined {
  return strand instanceof Branch ? strand.frame.strand : undefined
}
