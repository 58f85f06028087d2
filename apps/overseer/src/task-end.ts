import type { Gen, Task } from 'tsyncio'

/** Waits until a task is done, however it ends. Cancelling this wait leaves the task alone. */
export function* taskEnd(task: Task): Gen<void> {
  if (task.done()) return
  const ended = task.getLoop().createFuture<void>()
  task.addDoneCallback(() => {
    if (!ended.done()) ended.setResult()
  })
  yield* ended
}
