import type { Future } from '@tsyncio/loop'

import { captureCallGraph, type CallGraphOptions, type FutureCallGraph } from './call-graph.js'
import type { FrameCallGraphEntry } from './frame-call-graph-entry.js'

/** One line for a function on a call stack. */
export function showFrame({ name, place }: FrameCallGraphEntry): string {
  return place === undefined ? name : `${name} (${place})`
}

function* lines(
  { future, callStack, awaitedBy }: FutureCallGraph,
  above: readonly Future[],
): Generator<string> {
  if (above.includes(future)) {
    yield `* ${future.toString()}, which is above: a circle`
    return
  }
  yield `* ${future.toString()}`
  if (callStack.length > 0) yield '  + Call stack:'
  for (const frame of callStack) yield `  |   ${showFrame(frame)}`
  if (awaitedBy.length > 0) yield '  + Awaited by:'
  for (const awaiter of awaitedBy)
    for (const line of lines(awaiter, [...above, future])) yield `    ${line}`
}

/**
 * What {@link captureCallGraph} gives, as text (asyncio's `format_call_graph`); the empty
 * string outside of every task.
 *
 * @example
 * ```ts
 * import { createTask, formatCallGraph, run, sleep } from 'tsyncio'
 *
 * await run(function* main() {
 *   const worker = createTask(() => sleep(60_000), { name: 'worker' })
 *   createTask(
 *     function* () {
 *       yield* worker
 *     },
 *     { name: 'boss' },
 *   )
 *   yield* sleep(1)
 *   console.log(formatCallGraph(worker, { limit: 0 }))
 *   // * <Task worker pending>
 *   //   + Awaited by:
 *   //     * <Task boss pending>
 * })
 * ```
 */
export function formatCallGraph(future?: Future, options: CallGraphOptions = {}): string {
  const graph = captureCallGraph(future, options)
  return graph === null ? '' : [...lines(graph, [])].join('\n')
}
