import { getEventLoop, isCancelled } from '@tsyncio/loop'
import { ECONNRESET, encodePlan, osError } from '@tsyncio/syscalls'
import { abortable, coroutine, type Gen } from '@tsyncio/tasks'

import { Process } from '../process.js'
import { spawnError } from '../spawn-error.js'
import { spawnPlan } from '../spawn-plan.js'
import { StartedStdio } from '../started-stdio.js'
import type { SubprocessOptions } from '../subprocess-options.js'
import { ProcessTree } from './process-tree.js'

/** Nobody will have this tree. Its end is near; a cancellation has to stand in line. */
function* discarded(tree: ProcessTree): Gen<void> {
  tree.discard()
  for (let over = false; !over;) {
    try {
      yield* tree.ended()
      over = true
    } catch (error) {
      if (!isCancelled(error)) throw error
    }
  }
}

function* running(tree: ProcessTree, program: string, options: SubprocessOptions): Gen<void> {
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
export function* startTree(
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
): Gen<Process> {
  if (options.signal?.aborted === true) throw options.signal.reason
  const loop = getEventLoop()
  const stdio = new StartedStdio(options)
  try {
    const plan = encodePlan(spawnPlan(program, args, options, stdio))
    const tree = new ProcessTree(loop, plan)
    stdio.child.closeTheirs()
    try {
      yield* running(tree, program, options)
    } catch (error) {
      yield* discarded(tree)
      throw error
    }
    return new Process(loop, tree, tree, stdio, options)
  } catch (error) {
    stdio.failed()
    throw error
  } finally {
    stdio.close()
  }
}
