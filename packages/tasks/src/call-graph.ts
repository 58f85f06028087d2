import { Future, getRunningLoop } from '@tsyncio/loop'

import { awaitersOf } from './awaiters.js'
import { callStackOf, currentCallStack } from './call-stack.js'
import { currentTask } from './current-strand.js'
import type { FrameCallGraphEntry } from './frame-call-graph-entry.js'
import { Task } from './task.js'

/** A future or task: where it is, and who waits for it. */
export interface FutureCallGraph {
  readonly future: Future
  /** The functions that it is in, innermost first; none for a plain future. */
  readonly callStack: readonly FrameCallGraphEntry[]
  /** Who waits for it. In a circle of waits, one of them is this very object again. */
  readonly awaitedBy: readonly FutureCallGraph[]
}

export interface CallGraphOptions {
  /**
   * How many functions of each task to give: the innermost ones, the outermost ones if it
   * is negative, none if it is 0. Default: all.
   */
  readonly limit?: number
}

function requireInteger(limit: number | undefined): void {
  if (limit !== undefined && !Number.isInteger(limit))
    throw new TypeError(`Expected limit to be an integer, got ${String(limit)}.`)
}

function limited<T>(stack: readonly T[], limit: number | undefined): readonly T[] {
  if (limit === undefined) return stack
  return limit < 0 ? stack.slice(limit) : stack.slice(0, limit)
}

function stackOf(future: Future): readonly FrameCallGraphEntry[] {
  if (!(future instanceof Task) || future.done()) return []
  return future === currentTask() ? currentCallStack() : callStackOf(future.strand)
}

function graphOf(
  future: Future,
  limit: number | undefined,
  known: Map<Future, FutureCallGraph>,
): FutureCallGraph {
  const drawn = known.get(future)
  if (drawn !== undefined) return drawn
  const awaitedBy: FutureCallGraph[] = []
  const graph = { future, callStack: limited(stackOf(future), limit), awaitedBy }
  known.set(future, graph)
  for (const awaiter of awaitersOf(future)) awaitedBy.push(graphOf(awaiter, limit, known))
  return graph
}

/**
 * Who waits for whom, and where: for a future or task, or else the current task (asyncio's
 * `capture_call_graph`). Where generators wait is always known. Where async functions do is
 * known in debug mode; otherwise there is the name of the task's function alone.
 *
 * @returns null in a callback, outside of every task.
 * @throws Error without a future where no loop is running.
 * @example
 * ```ts
 * import { captureCallGraph, createTask, run, sleep } from 'tsyncio'
 *
 * await run(function* main() {
 *   const task = createTask(function* work() {
 *     yield* sleep(1)
 *     return captureCallGraph()
 *   })
 *   const graph = yield* task
 *   console.log(graph?.callStack.map(({ name }) => name).join()) // work
 * })
 * ```
 */
export function captureCallGraph(
  future?: Future,
  options: CallGraphOptions = {},
): FutureCallGraph | null {
  requireInteger(options.limit)
  if (future !== undefined && !(future instanceof Future)) {
    throw new TypeError(`Expected a future or a task, got ${typeof future}.`)
  }
  if (future === undefined) getRunningLoop()
  const start = future ?? currentTask()
  return start === null ? null : graphOf(start, options.limit, new Map())
}
