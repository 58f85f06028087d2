import { spawnSync } from 'node:child_process'
import { setTimeout as realSleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { DeadlockError, getRunningLoop, InvalidStateError, type Future } from '@tsyncio/loop'
import { RandomSchedule, SocketPair, VirtualClock } from '@tsyncio/loop/testing'
import {
  createTask,
  gather,
  run,
  runBlocking,
  sleep,
  timeout,
  TimeoutError,
  until,
  type Work,
} from '@tsyncio/tasks'
import {
  describeWaits,
  exploreSchedules,
  runVirtual,
  SequenceBrokenError,
  Sequencer,
  waitAllTasksBlocked,
} from '@tsyncio/tasks/testing'
import { asyncFunctions, generators, type Spelling } from '@tsyncio/tasks/testing/vitest'
import { afterEach, describe, expect, it, vi } from 'vitest'

const hour = 3_600_000

type Drive = [name: string, spelling: Spelling, run: (main: Work) => Promise<unknown>]

const drives: Drive[] = [
  ['generators, hosted', generators, (main) => run(main)],
  ['async functions, hosted', asyncFunctions, (main) => run(main)],
  ['generators, blocking', generators, async (main) => runBlocking(main)],
  ['generators, virtual', generators, (main) => runVirtual(main)],
  ['async functions, virtual', asyncFunctions, (main) => runVirtual(main)],
  [
    'generators, blocking and virtual',
    generators,
    async (main) => runBlocking(main, { clock: new VirtualClock() }),
  ],
]

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

for (const [name, { body, wait }, drive] of drives) {
  describe(`waitAllTasksBlocked (${name})`, () => {
    it('waits for all that is ready, and for what comes of it', async () => {
      const log: string[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const first = loop.createFuture()
        const second = loop.createFuture()
        createTask(
          body(function* () {
            for (let i = 0; i < 10; i++) yield* wait(sleep(0))
            log.push('ready')
            first.setResult(undefined)
            yield* wait(second)
          }),
        )
        createTask(
          body(function* () {
            yield* wait(first)
            for (let i = 0; i < 10; i++) yield* wait(sleep(0))
            log.push('woken')
            yield* wait(sleep(hour))
          }),
        )
        yield* wait(waitAllTasksBlocked())
        log.push('blocked')
      })
      await drive(main)
      expect(log).toEqual(['ready', 'woken', 'blocked'])
    })

    it('waits for what is under way between fds', async () => {
      using pair = new SocketPair()
      const log: string[] = []
      const main = body(function* () {
        const loop = getRunningLoop()
        const watch = (near: number, far: number) =>
          loop.addReader(near, () => {
            const count = Number(pair.receive(near))
            log.push(`${count}`)
            if (count < 5) pair.send(far, `${count + 1}`)
          })
        watch(pair.near, pair.near)
        watch(pair.far, pair.far)
        pair.send(pair.far, '1')
        yield* wait(waitAllTasksBlocked())
        log.push('blocked')
        loop.removeReader(pair.near)
        loop.removeReader(pair.far)
      })
      await drive(main)
      expect(log).toEqual(['1', '2', '3', '4', '5', 'blocked'])
    })

    it('wakes the less patient first, and equals together', async () => {
      const log: string[] = []
      const main = body(function* () {
        const waiter = (cushion: number, name: string) =>
          body(function* () {
            yield* wait(waitAllTasksBlocked({ cushion }))
            log.push(name)
          })
        const waiters = [waiter(5, 'patient'), waiter(0, 'one'), waiter(0, 'two')]
        yield* wait(gather(waiters.map((each) => createTask(each))))
      })
      await drive(main)
      expect(log).toEqual(['one', 'two', 'patient'])
    })

    it('does not let a virtual clock go on', async () => {
      const main = body(function* () {
        const before = getRunningLoop().time()
        createTask(() => sleep(1))
        yield* wait(waitAllTasksBlocked())
        return getRunningLoop().time() - before
      })
      if (name.includes('virtual')) expect(await drive(main)).toBe(0)
      else expect(await drive(main)).toBeLessThan(1000)
    })

    it('can be cancelled', async () => {
      const main = body(function* () {
        const task = createTask(() => waitAllTasksBlocked({ cushion: hour }))
        yield* wait(sleep(1))
        task.cancel()
        yield* wait(gather([task], { returnExceptions: true }))
        return task.cancelled()
      })
      expect(await drive(main)).toBe(true)
    })
  })

  describe(`Sequencer (${name})`, () => {
    it('runs the bodies in the order of their places, not of their calls', async () => {
      const log: number[] = []
      const main = body(function* () {
        const sequence = new Sequencer()
        const at = (place: number) =>
          sequence.at(
            place,
            body(function* () {
              yield* wait(sleep(0))
              log.push(place)
              return place
            }),
          )
        return yield* wait(gather([at(3), at(1), at(0), at(2)]))
      })
      expect(await drive(main)).toEqual([3, 1, 0, 2])
      expect(log).toEqual([0, 1, 2, 3])
    })

    it('goes on after a body that throws, and gives a place once', async () => {
      const main = body(function* () {
        const sequence = new Sequencer()
        const at = (place: number) =>
          sequence.at(
            place,
            body(function* () {
              yield* wait(sleep(0))
              if (place === 0) throw new Error('first')
              return place
            }),
          )
        return yield* wait(gather([at(1), at(0), at(0)], { returnExceptions: true }))
      })
      expect(await drive(main)).toMatchObject([
        { value: 1 },
        { reason: { message: 'first' } },
        { reason: expect.any(InvalidStateError) as Error },
      ])
    })

    it('is broken for all when one that waits is cancelled', async () => {
      const main = body(function* () {
        const sequence = new Sequencer()
        const nothing = body(function* () {
          yield* wait(sleep(0))
        })
        const tasks = [1, 2].map((place) => createTask(() => sequence.at(place, nothing)))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        tasks[0]?.cancel()
        const outcomes = yield* wait(gather(tasks as Future[], { returnExceptions: true }))
        const late = yield* wait(gather([sequence.at(0, nothing)], { returnExceptions: true }))
        return [tasks[0]?.cancelled(), outcomes[1], late[0]]
      })
      const broken = { reason: expect.any(SequenceBrokenError) as Error }
      expect(await drive(main)).toMatchObject([true, broken, broken])
    })
  })
}

describe('a virtual clock', () => {
  it('jumps only when nothing has happened at an fd', async () => {
    const main = function* () {
      using pair = new SocketPair()
      const loop = getRunningLoop()
      const read = loop.createFuture<number>()
      loop.addReader(pair.near, () => {
        loop.removeReader(pair.near)
        read.setResult(loop.time())
      })
      loop.callSoon(() => pair.send(pair.far, 'x'))
      const task = createTask(() => sleep(hour))
      const time = yield* read
      yield* task
      return [time, loop.time()]
    }
    expect(await runVirtual(main)).toEqual([0, hour])
    expect(await runVirtual(main, { patience: 0 })).toEqual([0, hour])
    expect(runBlocking(main, { clock: new VirtualClock() })).toEqual([0, hour])
  })

  it('jumps although an fd is watched at which nothing happens', async () => {
    const main = function* () {
      using pair = new SocketPair()
      const loop = getRunningLoop()
      loop.addReader(pair.near, () => undefined)
      yield* sleep(hour)
      loop.removeReader(pair.near)
      return loop.time()
    }
    expect(await runVirtual(main, { patience: 1 })).toBe(hour)
    expect(runBlocking(main, { clock: new VirtualClock(0, { patience: 1 }) })).toBe(hour)
  })

  it('gives real promises their time, in both spellings', async () => {
    const patience = 5000
    const slow = () => realSleep(20, 'in time')
    expect(await runVirtual(() => timeout(hour, async () => slow()), { patience })).toBe('in time')
    expect(await runVirtual(() => timeout(hour, () => until(slow())), { patience })).toBe('in time')
  })

  it('jumps past promises that do not settle', async () => {
    const never = new Promise(() => undefined)
    const running = runVirtual(() => timeout(hour, () => until(never)), { patience: 1 })
    await expect(running).rejects.toThrow(TimeoutError)
  })

  it('refuses times that are none', () => {
    expect(() => new VirtualClock(0, { patience: -1 })).toThrow(RangeError)
    expect(() => new VirtualClock(0, { giveUpAfter: NaN })).toThrow(RangeError)
  })
})

describe('runVirtual', () => {
  it('gives up a run that nothing can wake, and says who waits for whom', async () => {
    const running = runVirtual(
      function* main() {
        yield* createTask(
          function* working() {
            yield* getRunningLoop().createFuture()
          },
          { name: 'worker' },
        )
      },
      { giveUpAfter: 1 },
    )
    await expect(running).rejects.toThrow(DeadlockError)
    await expect(running).rejects.toThrow(/worker waits for <Future pending>\n {4}at working/)
  })

  it('does not give up what a timer of Node wakes in time', async () => {
    const result = await runVirtual(async () => {
      const future = getRunningLoop().createFuture()
      setTimeout(() => future.setResult('woken'), 5)
      return await future
    })
    expect(result).toBe('woken')
  })

  it('runs in virtual time as in real time when there is nothing to wait for', async () => {
    expect(await runVirtual(async () => 1)).toBe(1)
    await expect(
      runVirtual(async () => {
        await sleep(hour)
        throw new Error('late')
      }),
    ).rejects.toThrow('late')
  })
})

/** The order in which ten tasks go, three times each. */
async function orderOf(shuffle: number): Promise<string> {
  const order: string[] = []
  await runVirtual(
    function* () {
      const work = (name: string) =>
        function* () {
          for (let i = 0; i < 3; i++) {
            order.push(name)
            yield* sleep(0)
          }
        }
      yield* gather([...'abcdefghij'].map((name) => createTask(work(name))))
    },
    { shuffle },
  )
  return order.join('')
}

describe('a random schedule', () => {
  it('has the same order for the same seed, and others for others', async () => {
    const orders = await Promise.all([1, 1, 2, 3].map(orderOf))
    expect(orders[0]).toBe(orders[1])
    expect(new Set(orders).size).toBe(3)
    for (const order of orders) {
      expect([...order.slice(0, 10)].sort().join('')).toBe('abcdefghij')
    }
  })

  it('leaves callbacks in their order', async () => {
    const order: number[] = []
    await runVirtual(
      function* () {
        const loop = getRunningLoop()
        for (let i = 0; i < 10; i++) loop.callSoon(() => order.push(i))
        yield* sleep(1)
      },
      { shuffle: true },
    )
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('prints its seed when the run fails, and takes it from the environment', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.stubEnv('TSYNCIO_SEED', '4711')
    const failing = async () => {
      await sleep(1)
      throw new Error('mine')
    }
    await expect(runVirtual(failing, { shuffle: true })).rejects.toThrow('mine')
    expect(print.mock.calls.flat().join()).toMatch(/seed 4711.*\{ shuffle: 4711 \}/)
  })

  it('refuses what is no seed', () => {
    expect(() => new RandomSchedule(0.5)).toThrow(TypeError)
  })

  it('finds what goes wrong in some orders, again by its seed', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const racy = async () => {
      let last = ''
      const set = (name: string) => async () => {
        await sleep(1)
        last = name
      }
      await gather([createTask(set('a')), createTask(set('b')), createTask(set('c'))])
      if (last !== 'c') throw new Error(`${last} was last`)
    }
    await runVirtual(racy)
    const error: Error = await exploreSchedules(racy).then(
      () => expect.fail(),
      (reason: Error) => reason,
    )
    const seed = Number(/seed (\d+)/.exec(print.mock.calls.flat().join())?.[1])
    await expect(runVirtual(racy, { shuffle: seed })).rejects.toThrow(error.message)
  })
})

describe('describeWaits', () => {
  it('says who waits for whom at any time', async () => {
    const text = await run(function* () {
      const worker = createTask(() => sleep(hour), { name: 'worker' })
      createTask(
        function* boss() {
          yield* worker
        },
        { name: 'boss' },
      )
      yield* waitAllTasksBlocked()
      return describeWaits()
    })
    expect(text).toMatch(
      /worker waits for <Future pending>\n(.*\n)* {2}boss waits for <Task worker/,
    )
  })
})

describe('the kit under node:test', () => {
  it('passes, and fails with a report', () => {
    const path = fileURLToPath(new URL('fixtures/with-node-test.mjs', import.meta.url))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--test', '--test-reporter', 'tap', path],
      { env, encoding: 'utf8', timeout: 20_000 },
    )
    expect(stdout).toMatch(/# pass 3/)
    expect(stdout).toMatch(/# fail 1/)
    expect(stdout).toMatch(/not ok .* reports a deadlock/)
    expect(stdout).toMatch(/stuck waits for <Future pending>/)
    expect(status).toBe(1)
  }, 30_000)
})
