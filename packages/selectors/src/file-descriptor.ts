/**
 * What stands for a file descriptor: the number itself, anything with a `fileno()`
 * method, or anything with Node's `fd` (a `FileHandle`, `process.stdin`).
 */
export type FileDescriptorLike = number | { fileno(): number } | { readonly fd: number }

const MOST_FD = 2 ** 31 - 1

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an instance of ${nameOf(value)}`
  return value === null || value === undefined ? String(value) : `a ${typeof value}`
}

function nameOf(object: object): string {
  return (object.constructor as { name?: string } | undefined)?.name || 'an anonymous class'
}

function numberOf(fileobj: unknown): unknown {
  if (typeof fileobj !== 'object' || fileobj === null) return fileobj
  if ('fileno' in fileobj && typeof fileobj.fileno === 'function') {
    return (fileobj as { fileno(): unknown }).fileno()
  }
  return 'fd' in fileobj ? fileobj.fd : fileobj
}

/**
 * The file descriptor that `fileobj` stands for. An object is asked every time, as
 * its fd changes when it is closed.
 *
 * @throws TypeError if it is neither a number nor an object that has one.
 * @throws RangeError if the number is negative, fractional or beyond 2 ** 31 - 1.
 *
 * @example
 * ```ts
 * import { fileno } from '@tsyncio/selectors'
 *
 * console.log(fileno(process.stdin), fileno({ fileno: () => 7 })) // 0 7
 * ```
 */
export function fileno(fileobj: FileDescriptorLike): number {
  const fd = numberOf(fileobj)
  if (typeof fd !== 'number') {
    const where = fd === fileobj ? '' : ` from ${describe(fileobj)}`
    throw new TypeError(
      `a file descriptor must be an integer, or an object with fileno() or fd: got ${describe(fd)}${where}`,
    )
  }
  if (!Number.isInteger(fd) || fd < 0 || fd > MOST_FD) {
    throw new RangeError(`a file descriptor must be an integer from 0 to ${MOST_FD}: got ${fd}`)
  }
  return fd
}
