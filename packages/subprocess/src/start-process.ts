import { getEventLoop } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

import { childSpec } from './child-spec.js'
import { ChildStdio } from './child-stdio.js'
import { Foreground } from './foreground.js'
import type { Process } from './process.js'
import { ChildTerminal, type TerminalOptions } from './pty/child-terminal.js'
import { startChild } from './start-child.js'
import { StdioStreams } from './stdio-streams.js'
import type { SubprocessOptions } from './subprocess-options.js'
import { startTree } from './tree/start-tree.js'

/** Starts a program, as a child of this process or below a guardian. */
export function* startProcess(
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
    const foreground = Foreground.lentTo(options, stdio)
    const spec = childSpec(program, args, options, stdio, foreground !== undefined)
    const start = { loop, program, options, spec, stdio, streams, foreground }
    return options.tree === true ? yield* startTree(start) : startChild(start)
  } catch (error) {
    streams?.close()
    throw error
  } finally {
    stdio.close()
  }
}
