import { abortable, coroutine, sleep, type Coroutine, type Gen } from '@tsyncio/tasks'

import { beside } from '../beside.js'
import type { ProcessLine } from '../lines/process-line.js'
import type { ProcessLines, ProcessLinesOptions } from '../lines/process-lines.js'
import { requireLinesOptions } from '../lines/require-lines-options.js'
import type { Process } from '../process.js'
import { describePattern, matchLine, requirePattern, type LinePattern } from './line-pattern.js'
import { NotReadyError } from './not-ready-error.js'
import {
  requireProcess,
  requireReadinessOptions,
  type ReadinessOptions,
} from './readiness-options.js'
import { within } from './within.js'

export interface WaitForLineOptions extends Omit<ReadinessOptions, 'process'>, ProcessLinesOptions {
  /** Called with each line up to the one that is waited for, and with that. */
  readonly onLine?: ((line: ProcessLine) => void) | undefined
}

/** The line that was waited for. */
export interface FoundLine extends ProcessLine {
  /** What the expression found in it; null if the pattern is none. */
  readonly match: RegExpExecArray | null
}

const mostSaid = 10

/** What a process said at last, for messages. */
class Said {
  readonly #lines: string[] = []

  add({ text }: ProcessLine): void {
    this.#lines.push(text)
    if (this.#lines.length > mostSaid) this.#lines.shift()
  }

  toString(): string {
    return this.#lines.length === 0 ? '.' : `. It said at last:\n${this.#lines.join('\n')}`
  }
}

// What still holds its pipes will not make it ready.
function* closeAfterEnd(process: Process, lines: ProcessLines): Gen<void> {
  yield* process.wait()
  // What it wrote last comes in the turn after this one, behind us.
  yield* sleep(0)
  yield* sleep(0)
  if (process.pty !== null) yield* process.pty.readRest()
  lines.close()
}

function* looking(
  process: Process,
  pattern: LinePattern,
  said: Said,
  options: WaitForLineOptions,
): Gen<FoundLine> {
  const lines = process.lines(options)
  try {
    return yield* beside([closeAfterEnd(process, lines)], function* () {
      for (let step; (step = yield* lines.next()).done !== true;) {
        const line = step.value
        options.onLine?.(line)
        said.add(line)
        const found = matchLine(pattern, line)
        if (found !== undefined) return { ...line, ...found }
      }
      const code = yield* process.wait()
      throw new NotReadyError(process.pid, code, `${describePattern(pattern)}${String(said)}`)
    })
  } finally {
    lines.close()
  }
}

/**
 * Waits for a line that a process writes to stdout or stderr, those that are pipes: one
 * that contains a text, that matches an expression, or that a function chooses. What comes
 * after it can be read from the process as ever, down to the byte; what came before is
 * given to `onLine`. Cancelled, the lines that it has seen are gone.
 *
 * Go on reading afterwards, or the process stops when its pipes are full.
 *
 * @throws NotReadyError if the process ends before, with what it said at last; TimeoutError
 *   if the time is up; TypeError if there is no pipe.
 * @example
 * ```ts
 * import { createSubprocessShell, PIPE, run, waitForLine } from 'tsyncio'
 *
 * await run(async () => {
 *   const command = 'echo starting; echo listening on 8080; echo GET /'
 *   await using server = await createSubprocessShell(command, { stdout: PIPE })
 *   const { match } = await waitForLine(server, /listening on (\d+)/, { timeout: 10_000 })
 *   console.log(match?.[1]) // 8080
 *   console.log(String(await server.stdout?.readLine()).trim()) // GET /
 * })
 * ```
 */
export function waitForLine(
  process: Process,
  pattern: LinePattern,
  options: WaitForLineOptions = {},
): Coroutine<FoundLine> {
  requireProcess(process ?? null, 'to wait for')
  requirePattern(pattern)
  requireReadinessOptions(options)
  requireLinesOptions(options)
  const said = new Said()
  const describe = () => ({ what: `${describePattern(pattern)}${String(said)}` })
  const waiting = within(options, () => looking(process, pattern, said, options), describe)
  return coroutine(abortable(options.signal, waiting))
}
