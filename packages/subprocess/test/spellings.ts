import { describe } from 'vitest'
import { run, runBlocking, timeout, type Gen } from '@tsyncio/tasks'

/** Runs a generator as a program would. */
export type Runner = <T>(main: () => Gen<T>) => Promise<T>

const hosted: Runner = (main) => run(main)
// A loop that owns the thread and hangs would take the test runner with it.
const blocking: Runner = async (main) => runBlocking(() => timeout(20_000, main))

/** The same tests inside Node's loop, and on a loop that owns the thread. */
export function onEachDriver(title: string, tests: (runner: Runner) => void): void {
  describe(`${title}, inside Node's loop`, () => tests(hosted))
  describe(`${title}, on a loop that owns the thread`, () => tests(blocking))
}
