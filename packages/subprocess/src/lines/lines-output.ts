import type { StreamReader } from '@tsyncio/streams'

import type { TerminalOptions } from '../pty/child-terminal.js'

/** What a process writes to, as it is read here. */
export interface LinesOutput {
  readonly stdout: StreamReader | null
  readonly stderr: StreamReader | null
}

/** The pipes of a process, and its terminal once, in the place of the first that it is. */
export function linesOutput(pipes: LinesOutput, options: TerminalOptions): LinesOutput {
  const { terminal, stdout, stderr } = options
  if (terminal === undefined) return pipes
  if (stdout === terminal.fd) return { stdout: terminal.reader, stderr: pipes.stderr }
  if (stderr === terminal.fd) return { stdout: pipes.stdout, stderr: terminal.reader }
  return pipes
}
