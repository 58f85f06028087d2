import { getEventLoop, isCancelled, type EventLoop } from '@tsyncio/loop'
import { ECONNRESET, encodePlan, osError } from '@tsyncio/syscalls'
import { abortable, coroutine, type Gen } from '@tsyncio/tasks'

import { childSpec } from '../child-spec.js'
import { ChildStdio } from '../child-stdio.js'
import { Foreground } from '../foreground.js'
import { Process } from '../process.js'
import { ChildTerminal, type TerminalOptions } from '../pty/child-terminal.js'
import { spawnError } from '../spawn-error.js'
import { StdioStreams } from '../stdio-streams.js'
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

interface Launched {
  readonly tree: ProcessTree
  readonly foreground: Foreground | undefined
}

function launch(
  loop: EventLoop,
  [program, args]: readonly [string, readonly string[]],
  options: TerminalOptions,
  stdio: ChildStdio,
): Launched {
  const foreground = Foreground.lentTo(options, stdio)
  const spec = childSpec(program, args, options, stdio, foreground !== undefined)
  const tree = new ProcessTree(loop, encodePlan(spec))
  stdio.closeTheirs()
  return { tree, foreground }
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
  const terminal = new ChildTerminal(options)
  try {
    const process = yield* started(program, args, terminal.options)
    terminal.entered()
    return process
  } catch (error) {
    terminal.abandon()
    throw error
  }
}

function* started(
  program: string,
  args: readonly string[],
  options: TerminalOptions,
): Gen<Process> {
  const loop = getEventLoop()
  const stdio = new ChildStdio(options)
  let streams: StdioStreams | undefined
  try {
    streams = new StdioStreams(stdio)
    const { tree, foreground } = launch(loop, [program, args], options, stdio)
    try {
      yield* running(tree, program, options)
      return new Process(loop, { exit: tree, followers: tree, stdio, streams, foreground }, options)
    } catch (error) {
      yield* discarded(tree)
      foreground?.reclaim()
      throw error
    }
  } catch (error) {
    streams?.close()
    throw error
  } finally {
    stdio.close()
  }
}
