import { ECONNRESET, encodePlan, osError } from '@tsyncio/syscalls'
import { abortable, coroutine, type Gen } from '@tsyncio/tasks'

import { despiteCancellation } from '../despite-cancellation.js'
import { Process } from '../process.js'
import { spawnError } from '../spawn-error.js'
import type { Start } from '../start.js'
import { ProcessTree } from './process-tree.js'

function* running(tree: ProcessTree, { program, options }: Start): Gen<void> {
  const start = yield* coroutine(abortable(options.signal, tree.started()))
  if (start === 'running') return
  throw start === 'lost'
    ? osError(-ECONNRESET, 'spawn guardian', { path: program })
    : spawnError(-start.errno, start.step, program, options.cwd)
}

/**
 * Starts a program below a guardian, and waits until it runs. Given up meanwhile, nothing
 * is left of it.
 */
export function* startTree(start: Start): Gen<Process> {
  const tree = new ProcessTree(start.loop, encodePlan(start.spec))
  start.stdio.closeTheirs()
  try {
    yield* running(tree, start)
    return new Process(start, tree, tree)
  } catch (error) {
    // Nobody will have this tree. Its end is near.
    tree.discard()
    yield* despiteCancellation(() => tree.ended())
    start.foreground?.reclaim()
    throw error
  }
}
