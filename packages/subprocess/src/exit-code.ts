import { CLD_EXITED } from '@tsyncio/syscalls'

/** What is reported when somebody else learnt the code, as asyncio does. */
export const unknownCode = 255

/** A code as asyncio has it, of `waitid`'s code and status: -N for signal N. */
export function exitCode(how: number, status: number): number {
  return how === CLD_EXITED ? status : -status
}
