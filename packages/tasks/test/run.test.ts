import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { readdirSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import {
  getRunningLoop,
  InvalidStateError,
  isCancelled,
  type EventLoop,
  type ExceptionContext,
} from '@tsyncio/loop'
import { createTask, currentTask, run, runBlocking, sleep, Task } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

function start(name: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = [text(child.stdout), text(child.stderr)]
  return { child, out, err, exit: once(child, 'exit') as Promise<[number | null, string | null]> }
}

describe('run', () => {
  it('cancels what is left when main has ended, and waits for it', async () => {
    const log: string[] = []
    await run(async () => {
      createTask(async () => {
        try {
          await sleep(60_000)
        } finally {
          await sleep(1)
          log.push('cleaned up')
        }
      })
      await sleep(1)
    })
    expect(log).toEqual(['cleaned up'])
  })

  it('reports failures of what it had to cancel', async () => {
    const reports: ExceptionContext[] = []
    await run(async () => {
      currentTask()
        ?.getLoop()
        .setExceptionHandler((_loop, context) => reports.push(context))
      createTask(async () => {
        try {
          await sleep(60_000)
        } catch {
          throw new Error('while ending')
        }
      })
      await sleep(1)
    })
    expect(reports).toMatchObject([
      {
        message: 'unhandled exception during run() shutdown',
        exception: { message: 'while ending' },
      },
    ])
  })

  it('reports even a thrown undefined', async () => {
    const reports: ExceptionContext[] = []
    await run(async () => {
      getRunningLoop().setExceptionHandler((_loop, context) => reports.push(context))
      createTask(async () => {
        try {
          await sleep(60_000)
        } catch {
          throw undefined
        }
      })
      await sleep(1)
    })
    expect(reports).toHaveLength(1)
  })

  it('leaves no listener at its signal', async () => {
    const { signal } = new AbortController()
    await run(() => sleep(0), { signal })
    await expect(run(42 as never, { signal })).rejects.toThrow(TypeError)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('inside of a task runs beside that one’s loop', async () => {
    const result = await run(async () => {
      const outer = currentTask()
      const inner = await run(async () => {
        await sleep(1)
        return currentTask()?.name
      })
      return [inner, currentTask() === outer, outer?.name === inner]
    })
    expect(result).toEqual([expect.stringMatching(/^Task-/), true, false])
  })

  it('leaves a loop that takes no tasks', async () => {
    let loop: EventLoop | undefined
    await run(async () => {
      await sleep(0)
      loop = getRunningLoop()
    })
    expect(() => new Task(() => sleep(1), { loop: loop as EventLoop })).toThrow(InvalidStateError)
  })

  it('believes the first word of a thenable', async () => {
    const thenable = {
      then(resolve: (value: number) => void, reject: (error: Error) => void) {
        resolve(1)
        resolve(2)
        reject(new Error('changed its mind'))
      },
    }
    expect(await run(() => thenable as never)).toBe(1)
  })

  it('closes its loop', async () => {
    let loop: EventLoop | undefined
    await run(async () => {
      loop = currentTask()?.getLoop()
      await sleep(0)
    })
    expect(loop?.isClosed()).toBe(true)
  })

  it('runs several at once, each on its own loop', async () => {
    const names = await Promise.all(['a', 'b'].map((name) => run(() => sleep(1, name))))
    expect(names).toEqual(['a', 'b'])
  })

  it('is ended by a signal, with the reason of that', async () => {
    const controller = new AbortController()
    let cancelled = false
    const running = run(
      async () => {
        setImmediate(() => controller.abort(new Error('enough')))
        try {
          await sleep(60_000)
        } catch (error) {
          cancelled = isCancelled(error)
          throw error
        }
      },
      { signal: controller.signal },
    )
    await expect(running).rejects.toThrow('enough')
    expect(cancelled).toBe(true)
    await expect(run(() => sleep(1), { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('refuses what is no work', async () => {
    await expect(run(42 as never)).rejects.toThrow(TypeError)
    await expect(run(() => 42 as never)).rejects.toThrow(/generator function or an async function/)
    await expect(run(Promise.resolve() as never)).rejects.toThrow(/as a function/)
    expect(() => runBlocking(() => sleep(1), { signal: 1 as never })).toThrow(TypeError)
  })

  it('says who waits for whom when main can never be woken, and exits with 13', async () => {
    const { exit, err } = start('deadlock')
    expect((await exit)[0]).toBe(13)
    const message = await err
    expect(message).toMatch(/DeadlockError: <Task Task-1 pending> can never be done/)
    expect(message).toMatch(/Task-1 waits for <Task worker pending>/)
    expect(message).toMatch(
      /worker waits for <Future pending>\n {4}at waiting \(.*deadlock.mjs:\d+:\d+\)/,
    )
    expect(message).toMatch(/a waits for <Task b pending>/)
    expect(message).toMatch(
      /In a circle: (a waits for b, b waits for a|b waits for a, a waits for b)/,
    )
    expect(message).toMatch(/both waits for <GatheringFuture pending> of a, worker/)
  })

  it('says so on a loop that owns the thread as well', async () => {
    const { exit, err } = start('deadlock', 'blocking')
    expect((await exit)[0]).toBe(13)
    expect(await err).toMatch(/worker waits for <Future pending>/)
  })

  it('refuses to block the loop of a task, and leaves nothing open', async () => {
    const openFds = () => readdirSync('/proc/self/fd').length
    const before = openFds()
    const block = () => runBlocking(() => sleep(1))
    await run(async () => {
      expect(block).toThrow(InvalidStateError)
      await sleep(1)
      expect(block).toThrow(/inside a task/)
      const refused = getRunningLoop().createFuture()
      getRunningLoop().callSoon(() => {
        try {
          block()
        } catch (error) {
          refused.setResult(error)
        }
      })
      expect(await refused).toBeInstanceOf(InvalidStateError)
    })
    expect(openFds()).toBe(before)
  })

  for (const mode of ['hosted', 'blocking']) {
    it(`cancels main at the first Ctrl-C (${mode})`, async () => {
      const { child, out, exit } = start('interrupted', mode)
      await once(child.stdout, 'data')
      child.kill('SIGINT')
      expect(await exit).toEqual([0, null])
      expect(await out).toBe('ready\ncleaning up\nKeyboardInterrupt\n')
    })

    it(`exits with 130 at the second (${mode})`, async () => {
      const { child, exit } = start('interrupted', mode, 'stubborn')
      await once(child.stdout, 'data')
      child.kill('SIGINT')
      await once(child.stdout, 'data')
      child.kill('SIGINT')
      expect(await exit).toEqual([130, null])
    })
  }
})
