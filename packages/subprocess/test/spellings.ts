import { describe } from 'vitest'
import { run, runBlocking, type Gen } from '@tsyncio/tasks'

/** Runs a generator as a program would. */
export type Runner = <T>(main: () => Gen<T>) => Promise<T>

const hosted: Runner = (main) => run(main)
const blocking: Runner = async (main) => runBlocking(main)

/** The same tests inside Node's loop, and on a loop that owns the thread. */
export function onEachDriver(title: string, tests: (runner: Runner) => void): void {
  describe(`${title}, inside Node's loop`, () => tests(hosted))
  describe(`${title}, on a loop that owns the thread`, () => tests(blocking))
}
