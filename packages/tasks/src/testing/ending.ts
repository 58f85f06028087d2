import type { Spelling, Waited } from './spelling.js'

/** Waits for something, and gives the name of the error if there was one. */
export type Ending = <T>(waited: Waited<T>) => Generator<unknown, T | string, unknown>

/** In a spelling, waits for something and gives how it ended: its result, or `Name: message`. */
export function endings({ wait }: Spelling): Ending {
  return function* (waited) {
    try {
      return yield* wait(waited)
    } catch (error) {
      const { name, message } = error as Error
      return message === '' || name === 'TimeoutError' ? name : `${name}: ${message}`
    }
  }
}
