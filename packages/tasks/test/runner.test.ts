import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import {
  Context,
  ContextVariable,
  EventLoop,
  getRunningLoop,
  InvalidStateError,
  isCancelled,
  type ExceptionContext,
} from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import {
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  getTaskFactory,
  run,
  Runner,
  setTaskFactory,
  sleep,
  type Gen,
  type Task,
  type Work,
} from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

/** How a runner is used: inside Node's loop, or owning the thread. */
const uses = {
  hosted: {
    run: (runner: Runner, main: Work, options = {}) => runner.run(main, options),
    close: (runner: Runner) => runner.close(),
  },
  blocking: {
    run: async (runner: Runner, main: Work, options = {}) => runner.runBlocking(main, options),

    close: async (runner: Runner) => runner.closeBlocking(),
  },
}

for (const [name, use] of Object.entries(uses)) {
  describe(`a runner (${name})`, () => {
    it('gives what main returns, and throws what it throws', async () => {
      const runner = new Runner()
      const error = new Error('mine')
      const failing = function* () {
        yield* sleep(0)
        throw error
      }
      expect(await use.run(runner, () => sleep(0, 'done'))).toBe('done')
      await expect(use.run(runner, failing)).rejects.toBe(error)
      expect(await use.run(runner, sleep(1, 'again'))).toBe('again')
      await use.close(runner)
    })

    it('keeps its loop, and what main left behind, from run to run', async () => {
      const runner = new Runner()
      let left: Task<string> | undefined
      await use.run(runner, function* () {
        left = createTask(() => sleep(2, 'left behind'))
        yield* sleep(0)
      })
      const result = await use.run(runner, function* () {
        return [yield* left as Task<string>, getRunningLoop() === runner.getLoop()]
      })
      expect(result).toEqual(['left behind', true])
      await use.close(runner)
    })

    it('shares one context among its runs', async () => {
      const variable = new ContextVariable('where', 'root')
      const runner = new Runner()
      const replace = (value: string) =>
        function* () {
          const before = variable.get()
          yield* sleep(0)
          variable.set(value)
          return before
        }
      expect(await use.run(runner, replace('first'))).toBe('root')
      expect(await use.run(runner, replace('second'))).toBe('first')
      const context = new Context()
      expect(await use.run(runner, replace('apart'), { context })).toBe('root')
      expect(await use.run(runner, replace('third'))).toBe('second')
      expect([variable.get(), context.run(() => variable.get())]).toEqual(['root', 'apart'])
      await use.close(runner)
    })

    it('copies the context in which it is first used', async () => {
      const variable = new ContextVariable('where', 'root')
      const runner = new Runner()
      new Context().run(() => {
        variable.set('there')
        runner.getLoop()
      })
      const seen = await use.run(runner, function* () {
        yield* sleep(0)
        return variable.get()
      })
      expect(seen).toBe('there')
      await use.close(runner)
    })

    it('waits for a future of its loop', async () => {
      const runner = new Runner()
      const future = runner.getLoop().createFuture<number>()
      runner.getLoop().callLater(1, () => future.setResult(42))
      const main = function* () {
        return yield* future
      }
      expect(await use.run(runner, main)).toBe(42)
      await use.close(runner)
    })

    it('cancels what is left when it is closed, waits for it, and reports failures', async () => {
      const runner = new Runner()
      const reports: ExceptionContext[] = []
      runner.getLoop().setExceptionHandler((_, context) => reports.push(context))
      const log: string[] = []
      const leave = (cleanUp: () => Gen<unknown>) =>
        function* () {
          try {
            yield* sleep(60_000)
          } finally {
            yield* cleanUp()
          }
        }
      await use.run(runner, function* () {
        createTask(
          leave(function* () {
            yield* sleep(2)
            log.push('cleaned up')
          }),
        )
        createTask(
          leave(function* () {
            yield* sleep(1)
            throw new Error('while ending')
          }),
          { name: 'failing' },
        )
        yield* sleep(0)
      })
      expect(log).toEqual([])
      await use.close(runner)
      expect(log).toEqual(['cleaned up'])
      expect(reports).toMatchObject([
        {
          message: 'unhandled exception during run() shutdown',
          exception: { message: 'while ending' },
          task: { name: 'failing' },
        },
      ])
    })

    it('reports tasks that were made while the others ended, and are still pending', async () => {
      const runner = new Runner()
      const reports: ExceptionContext[] = []
      runner.getLoop().setExceptionHandler((_, context) => reports.push(context))
      await use.run(runner, function* () {
        createTask(function* () {
          try {
            yield* sleep(60_000)
          } finally {
            createTask(() => sleep(60_000), { name: 'late' })
          }
        })
        yield* sleep(0)
      })
      await use.close(runner)
      expect(reports).toMatchObject([
        { message: 'Task was destroyed but it is pending!', task: { name: 'late' } },
      ])
    })

    it('closed, closes its loop and cannot be used', async () => {
      const runner = new Runner()
      const loop = runner.getLoop()
      await use.close(runner)
      await use.close(runner)
      expect(loop.isClosed()).toBe(true)
      expect(() => runner.getLoop()).toThrow(InvalidStateError)
      await expect(use.run(runner, () => sleep(0))).rejects.toThrow('The runner is closed.')
    })

    it('that was never used makes no loop when it is closed', async () => {
      const runner = new Runner({
        loopFactory: () => {
          throw new Error('a loop was made')
        },
      })
      await use.close(runner)
      expect(() => runner.getLoop()).toThrow('a loop was made')
    })

    it('refuses what cannot be run, and leaves its loop as it was', async () => {
      const runner = new Runner()
      const { signal } = new AbortController()
      await expect(use.run(runner, 42 as never, { signal })).rejects.toThrow(TypeError)
      await expect(use.run(runner, () => sleep(0), { signal: 42 })).rejects.toThrow(TypeError)
      expect(await use.run(runner, () => sleep(0, 'fine'))).toBe('fine')
      await use.close(runner)
    })

    it('has its main task made by the task factory of its loop', async () => {
      const runner = new Runner()
      setTaskFactory(eagerTaskFactory, runner.getLoop())
      const main = function* () {
        yield* sleep(0)
        return getTaskFactory() === eagerTaskFactory
      }
      expect(await use.run(runner, main)).toBe(true)
      await use.close(runner)
    })

    it('is ended by a signal, and can be used again', async () => {
      const runner = new Runner()
      const controller = new AbortController()
      const { signal } = controller
      runner.getLoop().callLater(1, () => controller.abort(new Error('enough')))
      await expect(use.run(runner, () => sleep(60_000), { signal })).rejects.toThrow('enough')
      expect(await use.run(runner, () => sleep(0, 'next'))).toBe('next')
      await use.close(runner)
    })

    const interruptions: [string, string[]][] = [
      ['gives way all the time', ['KeyboardInterrupt true']],
      ['waits for a future', ['KeyboardInterrupt true', 'future true']],
      ['is cancelled already', ['CancelledError false']],
      ['does not mind', ['went on after a CancelledError']],
    ]
    for (const [main, expected] of interruptions) {
      it(`interrupted by Ctrl-C, with a main that ${main}`, async () => {
        const path = fileURLToPath(new URL('fixtures/interrupts.mjs', import.meta.url))
        const stdio = ['ignore', 'pipe', 'inherit'] as const
        const { stdout } = spawn(process.execPath, [path, main, name], { stdio: [...stdio] })
        const lines = (await text(stdout as never)).trim().split('\n')
        expect(lines).toEqual([...expected, 'the next run'])
      })
    }
  })
}

describe('a runner', () => {
  it('takes the options of a loop, or what makes one', async () => {
    await using debugging = new Runner({ debug: true, clock: new VirtualClock() })
    expect(debugging.getLoop().getDebug()).toBe(true)
    const loop = new EventLoop()
    await using runner = new Runner({ loopFactory: () => loop, debug: true })
    expect([runner.getLoop() === loop, loop.getDebug()]).toEqual([true, true])
  })

  it('runs in virtual time', async () => {
    await using runner = new Runner({ clock: new VirtualClock() })
    await runner.run(() => sleep(3_600_000))
    expect(runner.getLoop().time()).toBe(3_600_000)
  })

  it('is closed at the end of its block', async () => {
    let loop: EventLoop
    {
      await using runner = new Runner()
      loop = runner.getLoop()
    }
    expect(loop.isClosed()).toBe(true)
  })

  it('takes one main at a time', async () => {
    await using runner = new Runner()
    const first = runner.run(() => sleep(5, 'first'))
    await expect(runner.run(() => sleep(0))).rejects.toThrow('The runner is running already.')
    await expect(runner.close()).rejects.toThrow(InvalidStateError)
    expect(() => runner.closeBlocking()).toThrow(InvalidStateError)
    expect(await first).toBe('first')
  })

  it('cannot be run by its own main', async () => {
    await using runner = new Runner()
    const main = async () => runner.run(() => sleep(0))
    await expect(runner.run(main)).rejects.toThrow(InvalidStateError)
    await expect(runner.run(async () => runner.runBlocking(sleep(0)))).rejects.toThrow(
      /inside a task/,
    )
  })

  it('of several works beside the others', async () => {
    const names = await Promise.all(
      ['a', 'b'].map(async (name) => {
        await using runner = new Runner()
        await runner.run(() => sleep(1))
        return await runner.run(async () => {
          await sleep(1, name)
          return currentTask()?.getLoop() === runner.getLoop() && name
        })
      }),
    )
    expect(names).toEqual(['a', 'b'])
  })

  it('does not say Ctrl-C for a cancellation of its own', async () => {
    const main = async () => {
      currentTask()?.cancel()
      await sleep(60_000)
    }
    await expect(run(main)).rejects.toSatisfy(isCancelled)
  })

  it('gives a gathering as its main', async () => {
    await using runner = new Runner()
    const loop = runner.getLoop()
    const all = gather([
      createTask(() => sleep(1, 'a'), { loop }),
      createTask(sleep(2, 'b'), { loop }),
    ])
    expect(await runner.run(all)).toEqual(['a', 'b'])
  })
})
