import {
  StreamReader,
  StreamWriter,
  type AnyReadable,
  type AnyWritable,
  type FdLike,
} from '@tsyncio/streams'

/** The stream is connected to this process: asyncio's `subprocess.PIPE`. */
export const PIPE = 'pipe'
/** What is written to stderr goes where stdout goes: asyncio's `subprocess.STDOUT`. */
export const STDOUT = 'stdout'
/** The stream is `/dev/null`: asyncio's `subprocess.DEVNULL`. */
export const DEVNULL = 'null'

/** A file that a child reads, or writes from its start on, or at its end. */
export interface FileStdio {
  readonly file: string | URL
  /** Whether what is there is kept, and written behind. Default: false. */
  readonly append?: boolean | undefined
}

/**
 * What a child's stdin or stdout is: connected to this process, the same as this process
 * has, `/dev/null`, an fd of this process, which stays open, or a file.
 */
export type StdioOption = 'pipe' | 'inherit' | 'null' | FdLike | FileStdio

/** Also a stream, which is read to its end into the child's stdin. */
export type StdinOption = StdioOption | StreamReader | AnyReadable

/** Also a stream, which gets what the child writes, and is ended then. */
export type OutputOption = StdioOption | StreamWriter | AnyWritable

const names: readonly unknown[] = ['pipe', 'inherit', 'null']

const has = (value: unknown, name: string): boolean =>
  typeof (Object(value) as Record<string, unknown>)[name] === 'function'

/** The fd that an option stands for: a number, of something with `fileno()`, or a stream's. */
export function fdOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (has(value, 'fileno')) return (value as { fileno(): number }).fileno()
  if (
    typeof value !== 'object' ||
    value === null ||
    (!has(value, 'pipe') && !has(value, 'write'))
  ) {
    return undefined
  }
  const { fd } = value as { fd?: unknown }
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}

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
