// What a user's library looks like: everything inferred, declarations emitted. It
// compiles only if every type that the compiler must name is one that users can name.
import { createTask, gather, run, sleep, taskGroup, timeout } from 'tsyncio'
import { runVirtual, Sequencer, waitAllTasksBlocked } from 'tsyncio/testing'

export function* double(n: number) {
  yield* sleep(1)
  return 2 * n
}

export const doubled = (n: number) => createTask(double(n))
export const both = () => gather([double(1), double(2)])
export const bounded = () => timeout(1_000, () => double(3))
export const grouped = () =>
  taskGroup(function* (group) {
    const task = group.createTask(double(4))
    return yield* task
  })
export const result: Promise<number> = run(double(5))
export const sequence = new Sequencer()
export const virtual = runVirtual(double(6))
export const inOrder = () => sequence.at(0, () => double(7))
export const blocked = () => waitAllTasksBlocked({ cushion: 1 })
