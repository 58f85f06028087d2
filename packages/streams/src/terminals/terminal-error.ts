import { osError, type OSError } from '@tsyncio/syscalls'
import { readlinkSync } from 'node:fs'

/** What an fd is, as `/proc` has it: a path, or the like of `pipe:[1234]`. */
function whatIs(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return undefined
  }
}

/** The error for a call on an fd that may be no terminal: it tells what it is instead. */
export function terminalError(errno: number, syscall: string, fd: number): OSError {
  const path = whatIs(fd)
  return osError(errno, syscall, path === undefined ? {} : { path })
}
