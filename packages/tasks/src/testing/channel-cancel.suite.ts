import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { createTask } from '../create-task.js'
import { openChannel } from '../open-channel.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

export function describeChannelCancel({ spelling: { body, wait }, run }: TaskDrive): void {
  const spawn = (script: Script<unknown>) => createTask(body(script))
  const nameOf = (error: unknown): string =>
    isCancelled(error) ? 'cancelled' : (error as Error).name
  /** How a task ends: its result, or the name of its error. */
  function* outcome(task: Task): Generator<unknown, unknown, unknown> {
    try {
      return yield* wait(task)
    } catch (error) {
      return nameOf(error)
    }
  }
  const check = (script: Script<unknown>) => run(body(script))

  describe('cancelling at a channel', () => {
    it('sends nothing for a send that waits', async () => {
      const log = await check(function* () {
        const [send, receive] = openChannel<number>()
        const tasks = [1, 2].map((value) => spawn(() => wait(send.send(value))))
        yield* wait(sleep(0))
        tasks[0]?.cancel()
        return [
          yield* wait(receive.receive()),
          yield* outcome(tasks[0] as Task),
          yield* outcome(tasks[1] as Task),
        ]
      })
      expect(log).toEqual([2, 'cancelled', undefined])
    })

    it('keeps a value for the next receiver that one was woken for', async () => {
      const log = await check(function* () {
        const [send, receive] = openChannel<number>()
        const tasks = [1, 2, 3].map(() => spawn(() => wait(receive.receive())))
        yield* wait(sleep(0))
        send.sendNowait(1)
        send.sendNowait(2)
        tasks[0]?.cancel()
        const ends = []
        for (const task of tasks) ends.push(yield* outcome(task))
        return ends
      })
      expect(log).toEqual(['cancelled', 1, 2])
    })

    it('keeps a value in the channel if there is no other receiver', async () => {
      const log = await check(function* () {
        const [send, receive] = openChannel<number>()
        const task = spawn(() => wait(receive.receive()))
        yield* wait(sleep(0))
        send.sendNowait(1)
        task.cancel()
        const end = yield* outcome(task)
        return [end, send.statistics().buffered, receive.receiveNowait()]
      })
      expect(log).toEqual(['cancelled', 1, 1])
    })

    it('keeps a value for a receiver that was woken for the end', async () => {
      const log = await check(function* () {
        const [send, receive] = openChannel<number>()
        const tasks = [1, 2].map(() => spawn(() => wait(receive.receive())))
        yield* wait(sleep(0))
        send.sendNowait(1)
        send.close()
        tasks[0]?.cancel()
        return [yield* outcome(tasks[0] as Task), yield* outcome(tasks[1] as Task)]
      })
      expect(log).toEqual(['cancelled', 1])
    })

    it('does not unsend: the send returns, and the next wait is cancelled', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<number>()
        const task = spawn(function* () {
          yield* wait(send.send(1))
          log.push('sent')
          yield* wait(sleep(60_000))
        })
        yield* wait(sleep(0))
        log.push(receive.receiveNowait())
        task.cancel()
        log.push(yield* outcome(task), task.cancelling())
      })
      expect(log).toEqual([1, 'sent', 'cancelled', 1])
    })

    it('twice in a turn is cancelling once', async () => {
      const log = await check(function* () {
        const [send, receive] = openChannel<number>()
        const task = spawn(() => wait(receive.receive()))
        yield* wait(sleep(0))
        task.cancel()
        task.cancel()
        send.close()
        return [yield* outcome(task), receive.statistics().tasksWaitingReceive]
      })
      expect(log).toEqual(['cancelled', 0])
    })
  })
}
