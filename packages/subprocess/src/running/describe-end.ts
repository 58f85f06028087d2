import type { Output, ProcessResult } from './process-result.js'
import { shellQuoted } from './shell-quoted.js'

const mostLines = 10
const mostCharacters = 2000
const longestCommand = 500

function clipped(text: string): string {
  return text.length <= longestCommand ? text : `${text.slice(0, longestCommand)}...`
}

/** The command for a message: quoted as for a shell, and not too long. */
export function describeCommand({ command }: ProcessResult): string {
  return `\`${clipped(shellQuoted(command))}\``
}

/** "exited with code 3", "was ended by SIGKILL". */
export function describeEnd({ returncode, signal }: ProcessResult): string {
  return signal === null ? `exited with code ${returncode}` : `was ended by ${signal}`
}

/** "12 ms" */
export function describeDuration({ durationMs }: ProcessResult): string {
  return `${Math.round(durationMs)} ms`
}

/** The last lines, as the end of a message; a character is never split. */
function tailOf(output: Output): string {
  const text = output?.toString().trimEnd() ?? ''
  if (text === '') return ''
  const lines = text.split('\n').slice(-mostLines).join('\n')
  const tail = Array.from(lines.slice(-2 * mostCharacters))
    .slice(-mostCharacters)
    .join('')
  return tail.length < text.length ? `\n...\n${tail}` : `\n${tail}`
}

/** What it said at last: its stderr, or what stands in the place of that. */
export function describeOutput({ stdout, stderr }: ProcessResult): string {
  const tail = tailOf(stderr ?? stdout)
  return tail === '' ? '.' : `:${tail}`
}
