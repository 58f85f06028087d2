import { isCoroutine, type Work } from './coroutine.js'
import { isGenerator } from './start-body.js'

/** Nobody is going to run this: who takes it afterwards finds it used. */
export function closeWork(work: Work): void {
  const steps: unknown = isCoroutine(work) ? work[Symbol.iterator]() : work
  if (isGenerator(steps)) steps.return?.()
}
