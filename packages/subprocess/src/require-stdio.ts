import { StreamReader, StreamWriter } from '@tsyncio/streams'

import { fdOf } from './fd-of.js'
import { STDOUT, type FileStdio } from './stdio-option.js'

const names: readonly unknown[] = ['pipe', 'inherit', 'null']

const has = (value: unknown, name: string): boolean =>
  typeof (Object(value) as Record<string, unknown>)[name] === 'function'

/** @throws TypeError or RangeError for what is neither an fd nor has one. */
export function requireFdOption(value: unknown, option: string): void {
  const fd: unknown = typeof value === 'number' || has(value, 'fileno') ? fdOf(value) : value
  if (typeof fd !== 'number') {
    throw new TypeError(`Expected an fd for the option "${option}", got ${kindOf(value)}.`)
  }
  if (!(Number.isInteger(fd) && fd >= 0 && fd < 2 ** 31)) {
    throw new RangeError(`Expected an fd for the option "${option}", got ${fd}.`)
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${String(value)} (${typeof value})`
  return `a ${value.constructor?.name ?? 'plain object'}`
}

function requireFile({ file, append }: FileStdio, option: string): void {
  const isPath = typeof file === 'string' || file instanceof URL
  if (!isPath || String(file).includes('\0')) {
    throw new TypeError(`Expected a path or a URL as the file of the option "${option}".`)
  }
  if (file instanceof URL && file.protocol !== 'file:') {
    throw new TypeError(`Expected a file: URL for the option "${option}", got ${file.href}.`)
  }
  if (append === undefined || (typeof append === 'boolean' && option !== 'stdin')) return
  throw new TypeError(`Expected a boolean as "append" of the option "stdout" or "stderr".`)
}

function requireStream(value: object, option: 'stdin' | 'stdout' | 'stderr'): boolean {
  if (option === 'stdin') {
    return value instanceof StreamReader || has(value, 'read') || has(value, 'getReader')
  }
  return value instanceof StreamWriter || has(value, 'write') || has(value, 'getWriter')
}

/** @throws TypeError or RangeError for what is no {@link StdinOption} or {@link OutputOption}. */
export function requireStdio(value: unknown, option: 'stdin' | 'stdout' | 'stderr'): void {
  if (names.includes(value) || (option === 'stderr' && value === STDOUT)) return
  if (typeof value === 'number' || has(value, 'fileno')) return requireFdOption(value, option)
  if (typeof value === 'object' && value !== null) {
    if ('file' in value) return requireFile(value as FileStdio, option)
    if (requireStream(value, option)) return
  }
  throw new TypeError(
    `Expected 'pipe', 'inherit', 'null'${option === 'stderr' ? ", 'stdout'" : ''}, an fd, ` +
      `{ file } or a stream for the option "${option}", got ${kindOf(value)}.`,
  )
}
