import { UserError } from './user-error.js'

const assignment = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/
const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?$/
const escapes: Partial<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function valueOf(text: string): string | undefined {
  if (!/^["']/.test(text)) return text.replace(/(^|\s+)#.*$/, '').trim()
  const [whole, double, single] = quoted.exec(text) ?? []
  if (whole === undefined) return undefined
  return single ?? double?.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char)
}

/**
 * Reads a `.env`: `NAME=value` on each line, with `export` before it if you like. In
 * "double" quotes `\n`, `\"` and the like are escapes, in 'single' ones nothing is;
 * without quotes the value ends at a `#` that has a space before it.
 *
 * @param path what to call the file in messages.
 * @throws UserError with the number and the text of a line that is none of these.
 */
export function parseEnvFile(text: string, path: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) continue
    const [, name, rest = ''] = assignment.exec(content) ?? []
    const value = name === undefined ? undefined : valueOf(rest)
    if (name === undefined || value === undefined) {
      throw new UserError(`${path}, line ${index + 1}: expected NAME=value, got "${content}"`)
    }
    variables[name] = value
  }
  return variables
}
