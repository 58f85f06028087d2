import type { FdLike } from '@tsyncio/streams'

import { requireFdOption } from './require-stdio.js'

/** What a child becomes before its program runs; everything has a default. */
export interface ChildOptions {
  /**
   * More fds of this process, by the numbers that they have in the child: `{ 3: socket }`.
   * They stay open here. Every other fd is closed in the child.
   */
  readonly fds?: Readonly<Record<number, FdLike>> | undefined
  /** The user that the process runs as, by number: `setresuid(2)`. It needs the right to. */
  readonly uid?: number | undefined
  /** The group that the process runs as, by number: `setresgid(2)`. */
  readonly gid?: number | undefined
  /** Its supplementary groups: `setgroups(2)`. Default: none when there is a `uid` or `gid`. */
  readonly groups?: readonly number[] | undefined
  /** The permissions that its files do not get: `umask(2)`. Default: this process's. */
  readonly umask?: number | undefined
}

const mostId = 2 ** 32 - 2

function requireNumber(value: unknown, most: number, what: string): void {
  if (value === undefined) return
  if (typeof value !== 'number') {
    throw new TypeError(`Expected a number for ${what}, got ${typeof value}.`)
  }
  if (Number.isInteger(value) && value >= 0 && value <= most) return
  throw new RangeError(`Expected an integer from 0 to ${most} for ${what}, got ${value}.`)
}

function requireFds(fds: unknown): void {
  if (typeof fds !== 'object' || fds === null) {
    throw new TypeError(`Expected an object for the option "fds", got ${String(fds)}.`)
  }
  for (const [name, fd] of Object.entries(fds)) {
    const number = Number(name)
    if (!(Number.isInteger(number) && number > 2 && number < 2 ** 31)) {
      throw new RangeError(
        `Expected the numbers of fds from 3 on in the option "fds", got "${name}".`,
      )
    }
    requireFdOption(fd, `fds[${name}]`)
  }
}

/** @throws TypeError or RangeError, with the option's name. */
export function requireChildOptions({ fds, uid, gid, groups, umask }: ChildOptions): void {
  if (fds !== undefined) requireFds(fds)
  requireNumber(uid, mostId, 'the option "uid"')
  requireNumber(gid, mostId, 'the option "gid"')
  requireNumber(umask, 0o777, 'the option "umask"')
  if (groups === undefined) return
  if (!Array.isArray(groups)) {
    throw new TypeError(`Expected an array for the option "groups", got ${String(groups)}.`)
  }
  for (const group of groups as unknown[]) {
    if (group === undefined) throw new TypeError('A group in the option "groups" is undefined.')
    requireNumber(group, mostId, 'a group in the option "groups"')
  }
}
