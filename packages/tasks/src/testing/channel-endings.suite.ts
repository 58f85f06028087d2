import { describe, expect, it } from 'vitest'

import { CancelScope } from '../cancel-scope.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { moveOnAfter } from '../move-on-after.js'
import { openChannel } from '../open-channel.js'
import { sleep } from '../sleep.js'
import { timeout } from '../timeout.js'
import type { TaskDrive } from './conformance.js'

/** Waits at a channel that are ended by something else than `task.cancel()`. */
export function describeChannelEndings({ spelling: { body, wait }, run }: TaskDrive): void {
  describe('a wait at a channel', () => {
    it('is ended by its signal, and has then received nothing', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const [send, receive] = openChannel<number>()
        const controller = new AbortController()
        const { signal } = controller
        const waiting = [() => receive.receive({ signal }), () => receive.next({ signal })].map(
          (call) =>
            createTask(
              body(function* () {
                try {
                  log.push(yield* wait<unknown>(call()))
                } catch (error) {
                  log.push(error, currentTask()?.cancelling())
                }
              }),
            ),
        )
        yield* wait(sleep(0))
        controller.abort('enough')
        for (const task of waiting) yield* wait(task)
        const sender = createTask(() => send.send(1))
        yield* wait(sleep(0))
        log.push(receive.receiveNowait())
        yield* wait(sender)
      })
      await run(main)
      expect(log).toEqual(['enough', 0, 'enough', 0, 1])
    })

    it('is ended by its signal, and has then sent nothing', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const [send, receive] = openChannel<number>()
        const controller = new AbortController()
        const task = createTask(
          body(function* () {
            try {
              yield* wait(send.send(1, { signal: controller.signal }))
            } catch (error) {
              log.push(error)
            }
          }),
        )
        yield* wait(sleep(0))
        controller.abort('enough')
        yield* wait(task)
        log.push(send.statistics().tasksWaitingSend)
        receive.close()
      })
      await run(main)
      expect(log).toEqual(['enough', 0])
      expect(() => openChannel<number>()[0].send(1, { signal: 1 as never })).toThrow(TypeError)
    })

    it('that was woken before its signal was aborted has what it came for', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const [send, receive] = openChannel<number>()
        const controller = new AbortController()
        const { signal } = controller
        const receiver = createTask(
          body(function* () {
            log.push(yield* wait(receive.receive({ signal })))
            log.push(yield* wait(sleep(1, 'goes on')))
          }),
        )
        yield* wait(sleep(0))
        send.sendNowait(1)
        controller.abort('too late')
        yield* wait(receiver)
      })
      await run(main)
      expect(log).toEqual([1, 'goes on'])
    })

    it('is ended by a timeout and by a scope, and has then received nothing', async () => {
      const log: unknown[] = []
      const main = body(function* () {
        const [send, receive] = openChannel<number>()
        log.push(yield* wait(moveOnAfter(1, () => receive.receive())))
        try {
          yield* wait(timeout(1, () => receive.receive()))
        } catch (error) {
          log.push((error as Error).name)
        }
        log.push(receive.statistics().tasksWaitingReceive)
        const sender = createTask(() => send.send(1))
        log.push(yield* wait(receive.receive()))
        yield* wait(sender)
      })
      await run(main)
      expect(log).toEqual([undefined, 'TimeoutError', 0, 1])
    })

    it('that was woken before a scope was cancelled has what it came for', async () => {
      const main = body(function* () {
        const [send, receive] = openChannel<number>()
        const scope = new CancelScope()
        const receiver = createTask(() => scope.run(() => receive.receive()))
        yield* wait(sleep(0))
        send.sendNowait(1)
        scope.cancel()
        const got = yield* wait(receiver)
        return [got, receive.statistics().buffered]
      })
      expect(await run(main)).toEqual([1, 0])
    })
  })
}
