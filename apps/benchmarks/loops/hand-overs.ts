// Two tasks that hand something to and fro. A hand-over takes one task switch: whoever
// hands over does not wait for that, but for what comes back.
import { createTask, Lock, openChannel, Queue, run, sleep, type Task } from '@tsyncio/tasks'

import { PAIR_ROUNDS } from './sizes.js'

function* finish(tasks: readonly Task<void>[]) {
  for (const task of tasks) yield* task
  return 2 * PAIR_ROUNDS
}

/** Who releases it takes it again, behind the other one. */
export function lockHandOvers(): Promise<number> {
  return run(function* () {
    const lock = new Lock()
    function* contend() {
      for (let i = 0; i < PAIR_ROUNDS; i++) {
        yield* lock.acquire()
        lock.release()
      }
    }
    yield* lock.acquire()
    const tasks = [createTask(contend), createTask(contend)]
    yield* sleep(0)
    lock.release()
    return yield* finish(tasks)
  })
}

export function queueHandOvers(): Promise<number> {
  return run(function* () {
    const [there, back] = [new Queue<number>(1), new Queue<number>(1)]
    function* serve() {
      for (let i = 0; i < PAIR_ROUNDS; i++) {
        yield* there.put(i)
        yield* back.get()
      }
    }
    function* reply() {
      for (let i = 0; i < PAIR_ROUNDS; i++) yield* back.put(yield* there.get())
    }
    return yield* finish([createTask(serve), createTask(reply)])
  })
}

export function channelHandOvers(): Promise<number> {
  return run(function* () {
    const [sendThere, receiveThere] = openChannel<number>(0)
    const [sendBack, receiveBack] = openChannel<number>(0)
    function* serve() {
      for (let i = 0; i < PAIR_ROUNDS; i++) {
        yield* sendThere.send(i)
        yield* receiveBack.receive()
      }
    }
    function* reply() {
      for (let i = 0; i < PAIR_ROUNDS; i++) yield* sendBack.send(yield* receiveThere.receive())
    }
    return yield* finish([createTask(serve), createTask(reply)])
  })
}
