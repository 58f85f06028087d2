import { UserError } from './user-error.js'

/** One line of a Procfile. */
export interface ProcessType {
  readonly name: string
  readonly command: string
  readonly line: number
}

const entry = /^([A-Za-z0-9_-]+):\s*(\S.*)$/

/**
 * Reads a Procfile: `name: command` on each line, empty lines, and comments after `#`.
 *
 * @param path what to call the file in messages.
 * @throws UserError with the number and the text of a line that is none of these.
 */
export function parseProcfile(text: string, path: string): ProcessType[] {
  const types: ProcessType[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) continue
    const where = `${path}, line ${index + 1}`
    const [, name, command] = entry.exec(content) ?? []
    if (name === undefined || command === undefined) {
      throw new UserError(`${where}: expected "name: command", got "${content}"`)
    }
    const earlier = types.find((type) => type.name === name)
    if (earlier !== undefined) {
      throw new UserError(
        `${where}: "${name}" stands already on line ${earlier.line}: "${content}"`,
      )
    }
    types.push({ name, command, line: index + 1 })
  }
  if (types.length === 0) throw new UserError(`${path}: there is no process in it`)
  return types
}
