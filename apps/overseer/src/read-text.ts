import { readFileSync } from 'node:fs'

import { UserError } from './user-error.js'

const reasons: Partial<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
}

/** @throws UserError that says why the file cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new UserError(`cannot read ${path}: ${reasons[code] ?? code}`)
  }
}
