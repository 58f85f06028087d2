import type { Gen } from '@tsyncio/tasks'
import { close, osError, pipe2 } from '@tsyncio/syscalls'
import { closeSync } from 'node:fs'

import { createSubprocessExec } from '../create-subprocess-exec.js'
import { openInput } from '../input/open-input.js'
import { pathOfInput } from '../input/process-input.js'
import type { Process } from '../process.js'
import type { SubprocessOptions } from '../subprocess-options.js'
import type { RunProcessOptions } from './run-process-options.js'
import { endAll } from './supervise.js'

/** A program and its arguments. */
export type Command = readonly [program: string, ...args: string[]]

// The children have these: they block, as programs expect it.
function openPipe(): [readable: number, writable: number] {
  const ends = new Int32Array(2)
  const result = pipe2(ends, 0)
  if (result < 0) throw osError(result, 'pipe2')
  return [ends[0] as number, ends[1] as number]
}

type Stdin = NonNullable<SubprocessOptions['stdin']>

/** The stdin of the first, and what closes it here. */
function firstStdin({ input, stdin = 'null' }: RunProcessOptions): [Stdin, () => void] {
  if (input === undefined) return [stdin, () => undefined]
  const path = pathOfInput(input)
  if (path === undefined) return ['pipe', () => undefined]
  const fd = openInput(path)
  return [fd, () => closeSync(fd)]
}

/**
 * Starts programs each of which reads what the one before it writes: from the same pipe,
 * no byte passes through this process. If one cannot be started, none is left.
 */
export function* startChain(
  commands: readonly Command[],
  options: RunProcessOptions,
): Gen<Process[]> {
  const { stdout = 'pipe', merge, grace } = options
  const stderr = merge === true ? 'stdout' : (options.stderr ?? 'pipe')
  const processes: Process[] = []
  let [stdin, closeStdin] = firstStdin(options)
  try {
    for (const [program, ...args] of commands) {
      const isLast = processes.length === commands.length - 1
      const pipe = isLast ? undefined : openPipe()
      try {
        const stdio = { stdin, stdout: pipe?.[1] ?? stdout, stderr }
        const spawning = { ...options, ...stdio, signal: undefined }
        processes.push(yield* createSubprocessExec(program, args, spawning))
      } finally {
        closeStdin()
        closeStdin = () => undefined
        if (pipe !== undefined) {
          const [readable, writable] = pipe
          close(writable)
          stdin = readable
          closeStdin = () => void close(readable)
        }
      }
    }
    return processes
  } catch (error) {
    yield* endAll(processes, grace)
    throw error
  } finally {
    closeStdin()
  }
}
