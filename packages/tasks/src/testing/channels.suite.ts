import { isCancelled } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { BrokenChannelError } from '../broken-channel-error.js'
import { ClosedError } from '../closed-error.js'
import { createTask } from '../create-task.js'
import { EndOfChannel } from '../end-of-channel.js'
import { openChannel } from '../open-channel.js'
import { sleep } from '../sleep.js'
import type { Task } from '../task.js'
import { WouldBlockError } from '../would-block-error.js'
import type { TaskDrive } from './conformance.js'
import type { Script } from './spelling.js'

export function describeChannels({ spelling: { body, wait }, run }: TaskDrive): void {
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

  describe('a channel', () => {
    it('hands a value from a sender to a receiver, whoever comes first', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<string>()
        const sender = spawn(function* () {
          yield* wait(send.send('a'))
          log.push('sent a')
          yield* wait(send.send('b'))
          log.push('sent b')
        })
        yield* wait(sleep(0))
        log.push(yield* wait(receive.receive()))
        log.push(yield* wait(receive.receive()))
        yield* wait(sender)
      })
      expect(log).toEqual(['a', 'sent a', 'sent b', 'b'])
    })

    it('without capacity lets a sender wait for a receiver', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<number>()
        const sender = spawn(function* () {
          yield* wait(send.send(1))
          log.push('sent')
        })
        for (let i = 0; i < 3; i++) yield* wait(sleep(0))
        log.push('receives')
        yield* wait(receive.receive())
        yield* wait(sender)
      })
      expect(log).toEqual(['receives', 'sent'])
    })

    it('with capacity takes values without a receiver, up to that', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<number>(2)
        const sender = spawn(function* () {
          for (let i = 1; i <= 4; i++) {
            yield* wait(send.send(i))
            log.push(`sent ${i}`)
          }
        })
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        log.push(receive.statistics().buffered)
        for (let i = 1; i <= 4; i++) log.push(yield* wait(receive.receive()))
        yield* wait(sender)
      })
      expect(log.filter((entry) => typeof entry === 'string')).toHaveLength(4)
      expect(log.slice(0, 3)).toEqual(['sent 1', 'sent 2', 2])
      expect(log.filter((entry) => typeof entry === 'number')).toEqual([2, 1, 2, 3, 4])
    })

    it('of infinite capacity never lets a sender wait', async () => {
      const result = await check(function* () {
        const [send, receive] = openChannel<number>(Infinity)
        for (let i = 0; i < 1000; i++) yield* wait(send.send(i))
        const { buffered } = send.statistics()
        let sum = 0
        for (let i = 0; i < 1000; i++) sum += yield* wait(receive.receive())
        return [buffered, sum]
      })
      expect(result).toEqual([1000, 499_500])
    })

    it('serves senders and receivers in the order in which they came', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<number>()
        const receivers = ['a', 'b', 'c'].map((name) =>
          spawn(function* () {
            log.push([name, yield* wait(receive.receive())])
          }),
        )
        yield* wait(sleep(0))
        for (let i = 1; i <= 3; i++) send.sendNowait(i)
        for (const task of receivers) yield* wait(task)
        const senders = [4, 5, 6].map((value) =>
          spawn(function* () {
            yield* wait(send.send(value))
          }),
        )
        yield* wait(sleep(0))
        for (let i = 0; i < 3; i++) log.push(receive.receiveNowait())
        for (const task of senders) yield* wait(task)
      })
      expect(log).toEqual([['a', 1], ['b', 2], ['c', 3], 4, 5, 6])
    })

    it('can be used without waiting', async () => {
      await check(function* () {
        const [send, receive] = openChannel<number>(1)
        expect(() => receive.receiveNowait()).toThrow(WouldBlockError)
        send.sendNowait(1)
        expect(() => send.sendNowait(2)).toThrow(WouldBlockError)
        expect(receive.receiveNowait()).toBe(1)
        const [, lonely] = openChannel<number>()
        expect(() => lonely.receiveNowait()).toThrow(WouldBlockError)
        yield* wait(sleep(0))
      })
      expect.assertions(4)
    })

    it('tells who uses it', async () => {
      const statistics = await check(function* () {
        const [send, receive] = openChannel<number>(1)
        receive.clone()
        const tasks = [1, 2, 3].map((value) => spawn(() => wait(send.send(value))))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        const seen = send.statistics()
        for (const task of tasks) task.cancel()
        for (const task of tasks) yield* outcome(task)
        return [seen, receive.statistics().tasksWaitingSend]
      })
      expect(statistics).toEqual([
        {
          buffered: 1,
          capacity: 1,
          openSendChannels: 1,
          openReceiveChannels: 2,
          tasksWaitingSend: 2,
          tasksWaitingReceive: 0,
        },
        0,
      ])
    })

    it('refuses what is no capacity', () => {
      expect(() => openChannel(-1)).toThrow(RangeError)
      expect(() => openChannel(1.5)).toThrow(RangeError)
      expect(() => openChannel('1' as never)).toThrow(TypeError)
    })
  })

  describe('closing a channel', () => {
    it('lets receivers take what is in it, and then find its end', async () => {
      const log: unknown[] = []
      await check(function* () {
        const [send, receive] = openChannel<number>(2)
        yield* wait(send.send(1))
        yield* wait(send.send(2))
        send.close()
        for (let i = 0; i < 4; i++) {
          try {
            log.push(i < 3 ? yield* wait(receive.receive()) : receive.receiveNowait())
          } catch (error) {
            log.push(error instanceof EndOfChannel)
          }
        }
      })
      expect(log).toEqual([1, 2, true, true])
    })

    it('ends it when the last sender goes, for all who wait', async () => {
      const ends = await check(function* () {
        const [send, receive] = openChannel<number>()
        const other = send.clone()
        const tasks = [1, 2].map(() => spawn(() => wait(receive.receive())))
        yield* wait(sleep(0))
        send.close()
        yield* wait(sleep(0))
        const early = tasks.some((task) => task.done())
        other.close()
        return [early, yield* outcome(tasks[0] as Task), yield* outcome(tasks[1] as Task)]
      })
      expect(ends).toEqual([false, 'EndOfChannel', 'EndOfChannel'])
    })

    it('breaks it for senders when the last receiver goes', async () => {
      const ends = await check(function* () {
        const [send, receive] = openChannel<number>()
        const other = receive.clone()
        const task = spawn(() => wait(send.send(1)))
        yield* wait(sleep(0))
        receive.close()
        yield* wait(sleep(0))
        const early = task.done()
        other[Symbol.dispose]()
        const end = yield* outcome(task)
        expect(() => send.sendNowait(2)).toThrow(BrokenChannelError)
        return [early, end, yield* outcome(spawn(() => wait(send.send(3))))]
      })
      expect(ends).toEqual([false, 'BrokenChannelError', 'BrokenChannelError'])
    })

    it('of an end is an error for who waits at it, and for nobody else', async () => {
      const ends = await check(function* () {
        const [send, receive] = openChannel<number>()
        const [sending, receiving] = [send.clone(), receive.clone()]
        const mine = spawn(() => wait(receive.receive()))
        const others = spawn(() => wait(receiving.receive()))
        yield* wait(sleep(0))
        receive.close()
        const closed = yield* outcome(mine)
        send.sendNowait(1)
        const got = yield* outcome(others)
        const waiting = spawn(() => wait(send.send(2)))
        const staying = spawn(() => wait(sending.send(3)))
        yield* wait(sleep(0))
        send.close()
        const unsent = yield* outcome(waiting)
        return [closed, got, unsent, yield* wait(receiving.receive()), yield* outcome(staying)]
      })
      expect(ends).toEqual(['ClosedError', 1, 'ClosedError', 3, undefined])
    })

    it('of an end makes it useless; again does nothing', async () => {
      await check(function* () {
        const [send, receive] = openChannel<number>(1)
        send.close()
        send.close()
        receive.close()
        receive.close()
        expect([send.closed, receive.closed]).toEqual([true, true])
        expect(() => send.sendNowait(1)).toThrow(ClosedError)
        expect(() => receive.receiveNowait()).toThrow(ClosedError)
        expect(() => send.clone()).toThrow(ClosedError)
        expect(() => receive.clone()).toThrow(ClosedError)
        expect(yield* outcome(spawn(() => wait(send.send(1))))).toBe('ClosedError')
        expect(yield* outcome(spawn(() => wait(receive.receive())))).toBe('ClosedError')
      })
      expect.assertions(7)
    })

    it('does not take back a value that was promised', async () => {
      const got = await check(function* () {
        const [send, receive] = openChannel<number>()
        const task = spawn(() => wait(receive.receive()))
        yield* wait(sleep(0))
        send.sendNowait(1)
        send.close()
        receive.close()
        return yield* outcome(task)
      })
      expect(got).toBe(1)
    })

    it('ends an iteration', async () => {
      const seen = await check(function* () {
        const [send, receive] = openChannel<number>()
        const sender = spawn(function* () {
          for (let i = 0; i < 3; i++) yield* wait(send.send(i))
          send.close()
        })
        const values = []
        for (let step; (step = yield* wait(receive.next())).done !== true;) values.push(step.value)
        yield* wait(sender)
        return values
      })
      expect(seen).toEqual([0, 1, 2])
    })
  })
}
