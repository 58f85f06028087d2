import {
  Condition,
  coroutine,
  createTask,
  Lock,
  Queue,
  run,
  Semaphore,
  sleep,
  type Coroutine,
} from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

// What the losing wait is for happens in each of so many turns around the end of the
// function, before and after what else happens in it.
const moments = Array.from({ length: 16 }, (_, i) => ({ turn: i >> 1, first: i % 2 === 0 }))

async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await sleep(0)
}

interface Race<T> {
  readonly wait: () => Coroutine<unknown>
  readonly happen: () => void
  readonly outcome: (winner: unknown) => T
}

/** Races `wait` against four turns, and lets `happen` happen in the turn of each moment. */
async function raceAtEachMoment<T>(start: () => Promise<Race<T>>): Promise<T[]> {
  const outcomes: T[] = []
  for (const { turn, first } of moments) {
    await run(async () => {
      const { wait, happen, outcome } = await start()
      const happening = async (): Promise<void> => {
        await turns(turn)
        happen()
      }
      if (first) createTask(happening)
      const racing = createTask(async () => Promise.race([wait(), turns(4)]))
      if (!first) createTask(happening)
      const winner = await racing
      await turns(12)
      outcomes.push(outcome(winner))
    })
  }
  return outcomes
}

describe('the loser of Promise.race, when its function has returned,', () => {
  it('has taken nothing from a queue', async () => {
    const outcomes = await raceAtEachMoment(async () => {
      const queue = new Queue<string>()
      await sleep(0)
      return {
        wait: () => queue.get(),
        happen: () => queue.putNowait('item'),
        outcome: (winner) => (winner === 'item' ? 'taken' : queue.getNowait()),
      }
    })
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'item']))
  })

  it('has put nothing into a queue', async () => {
    const outcomes = await raceAtEachMoment(async () => {
      const queue = new Queue<string>(1)
      await queue.put('first')
      const put = function* () {
        yield* queue.put('second')
        return 'put'
      }
      return {
        wait: () => coroutine(put()),
        happen: () => void queue.getNowait(),
        outcome: (winner) => (winner === 'put') === (queue.qsize() === 1),
      }
    })
    expect(outcomes).toEqual(moments.map(() => true))
  })

  it('holds neither a lock nor a permit', async () => {
    const locks = await raceAtEachMoment(async () => {
      const lock = new Lock()
      await lock.acquire()
      return {
        wait: () => lock.acquire(),
        happen: () => lock.release(),
        outcome: (winner) => (winner !== undefined) === lock.locked(),
      }
    })
    expect(locks).toEqual(moments.map(() => true))
    const permits = await raceAtEachMoment(async () => {
      const semaphore = new Semaphore(1)
      await semaphore.acquire()
      return {
        wait: () => semaphore.acquire(),
        happen: () => semaphore.release(),
        outcome: (winner) => (winner !== undefined) === semaphore.locked(),
      }
    })
    expect(permits).toEqual(moments.map(() => true))
  })

  it('makes way for the next in line', async () => {
    for (const { turn } of moments) {
      const got = await run(async () => {
        const queue = new Queue<string>()
        const racing = createTask(async () => Promise.race([queue.get(), turns(4)]))
        const next = createTask(() => queue.get())
        await turns(turn)
        queue.putNowait('a')
        if ((await racing) === 'a') queue.putNowait('b')
        return await next
      })
      expect(['a', 'b']).toContain(got)
    }
  })

  it('has released the lock of its condition where it holds it', async () => {
    const state = await run(async () => {
      const condition = new Condition()
      const notified = async (): Promise<void> => {
        const held = await condition.acquire()
        try {
          await condition.wait()
        } finally {
          held[Symbol.dispose]()
        }
      }
      await createTask(async () => Promise.race([notified(), turns(2)]))
      await turns(5)
      return String(condition)
    })
    expect(state).toBe('<Condition unlocked>')
  })
})
