import type { Future } from '@tsyncio/loop'

import type { CallGraphOptions } from './call-graph.js'
import { formatCallGraph } from './format-call-graph.js'

/**
 * Prints what {@link formatCallGraph} gives (asyncio's `print_call_graph`).
 *
 * @param options.write where to print; default: `console.log`.
 * @example
 * ```ts
 * import { printCallGraph, run } from 'tsyncio'
 *
 * await run(async () => printCallGraph(undefined, { limit: 0 }))
 * // * <Task Task-1 pending>
 * ```
 */
export function printCallGraph(
  future?: Future,
  options: CallGraphOptions & { readonly write?: (text: string) => void } = {},
): void {
  const { write = console.log, ...rest } = options
  write(formatCallGraph(future, rest))
}
