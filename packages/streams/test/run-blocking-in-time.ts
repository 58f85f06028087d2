import { runBlocking, timeout, type Gen } from '@tsyncio/tasks'

/** A loop that owns the thread and hangs would take the test runner with it: this one fails. */
export function runBlockingInTime<T>(main: () => Gen<T>): T {
  return runBlocking(() => timeout(20_000, main))
}
