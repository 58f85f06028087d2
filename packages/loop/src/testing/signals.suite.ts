import { afterEach, describe, expect, it } from 'vitest'

import { ContextVariable } from '../context-variable.js'
import { Context } from '../context.js'
import { getRunningLoop } from '../running-loop.js'
import type { LoopBench } from './loop-bench.js'

const signal = 'SIGWINCH'

function send(name: NodeJS.Signals = signal): void {
  process.kill(process.pid, name)
}

/** SG1, SG2: signals. Their default is to be ignored, so a test that fails harms nothing. */
export function describeSignals({ make, run, runSteps, leaks }: LoopBench): void {
  const foreign = new Set<() => void>()
  const listen = (listener: () => void): void => {
    foreign.add(listener)
    process.on(signal, listener)
  }
  afterEach(() => {
    for (const listener of foreign) process.off(signal, listener)
    foreign.clear()
  })

  describe('a signal handler', () => {
    it('runs as a callback of the loop, with its arguments and its context', async () => {
      const loop = make()
      const user = new ContextVariable('user', 'nobody')
      const context = new Context()
      const seen: unknown[] = []
      context.run(() => {
        user.set('ada')
        loop.addSignalHandler(
          signal,
          (...args: unknown[]) => {
            seen.push(...args, user.get(), getRunningLoop() === loop)
            loop.stop()
          },
          'a',
          2,
        )
      })
      loop.callLater(1, send)
      loop.callLater(60_000, () => loop.stop())
      await run(loop)
      expect(seen).toEqual(['a', 2, 'ada', true])
    })

    it('hears of every signal that comes on its own', async () => {
      const loop = make()
      let heard = 0
      loop.addSignalHandler(signal, () => {
        if (++heard === 20) loop.stop()
        else send()
      })
      loop.callSoon(send)
      loop.callLater(60_000, () => loop.stop())
      await run(loop)
      expect(heard).toBe(20)
    })

    it('tells signals apart', async () => {
      const loop = make()
      const heard: string[] = []
      for (const name of ['SIGWINCH', 'SIGURG', 'SIGCONT'] as const) {
        loop.addSignalHandler(name, () => {
          heard.push(name)
          if (heard.length === 3) loop.stop()
        })
      }
      loop.callSoon(() => {
        for (const name of ['SIGURG', 'SIGWINCH', 'SIGCONT'] as const) send(name)
      })
      loop.callLater(60_000, () => loop.stop())
      await run(loop)
      expect(heard.sort()).toEqual(['SIGCONT', 'SIGURG', 'SIGWINCH'])
    })

    it('is replaced by the next one', async () => {
      const loop = make()
      const heard: string[] = []
      loop.addSignalHandler(signal, () => heard.push('old'))
      loop.addSignalHandler(signal, () => {
        heard.push('new')
        loop.stop()
      })
      loop.callSoon(send)
      await run(loop)
      expect(heard).toEqual(['new'])
    })

    it('can be removed, before a run and in one', async () => {
      const loop = make()
      let heard = 0
      expect(loop.removeSignalHandler(signal)).toBe(false)
      loop.addSignalHandler(signal, () => heard++)
      expect(loop.removeSignalHandler(signal)).toBe(true)
      expect(loop.removeSignalHandler(signal)).toBe(false)
      await runSteps(loop, [
        () => loop.addSignalHandler(signal, () => heard++),
        () => loop.removeSignalHandler(signal),
        send,
        () => undefined,
      ])
      expect(heard).toBe(0)
    })

    it('can be added in a run', async () => {
      const loop = make()
      let heard = 0
      loop.callSoon(() => {
        loop.addSignalHandler(signal, () => {
          heard++
          loop.stop()
        })
        send()
      })
      loop.callLater(60_000, () => loop.stop())
      await run(loop)
      expect(heard).toBe(1)
    })

    it('goes with its loop', () => {
      const loop = make()
      const listeners = process.listenerCount(signal)
      loop.addSignalHandler(signal, () => undefined)
      expect(process.listenerCount(signal)).toBe(listeners + 1)
      loop.close()
      expect(process.listenerCount(signal)).toBe(listeners)
      expect(loop.removeSignalHandler(signal)).toBe(false)
    })

    it('that throws is reported', async () => {
      const loop = make()
      const error = new Error('in the handler')
      loop.addSignalHandler(signal, () => {
        loop.stop()
        throw error
      })
      loop.callSoon(send)
      await run(loop)
      expect(leaks.takeReports()).toMatchObject([{ exception: error }])
    })

    it('lives beside listeners of Node’s, and each hears of a signal once', async () => {
      const loop = make()
      let ours = 0
      let theirs = 0
      listen(() => theirs++)
      loop.addSignalHandler(signal, () => {
        ours++
        loop.stop()
      })
      loop.callSoon(send)
      await run(loop)
      // Node's own loop stands still while another owns the thread.
      const soon = performance.now() + 5000
      while (theirs === 0 && performance.now() < soon) await new Promise(setImmediate)
      for (let i = 0; i < 3; i++) await new Promise(setImmediate)
      await runSteps(loop, [() => undefined, () => undefined])
      expect([ours, theirs]).toEqual([1, 1])
      loop.callSoon(send)
      await run(loop)
      expect(ours).toBe(2)
    })

    it('of two loops is called in both', async () => {
      const [first, second] = [make(), make()]
      let heard = 0
      first.addSignalHandler(signal, () => heard++)
      second.addSignalHandler(signal, () => {
        heard++
        second.stop()
      })
      second.callSoon(send)
      await run(second)
      const soon = performance.now() + 5000
      while (!first.core.hasWork && performance.now() < soon) await new Promise(setImmediate)
      await runSteps(first, [])
      expect(heard).toBe(2)
    })

    it('is refused for what is no signal or cannot be caught', () => {
      const loop = make()
      const add = (name: unknown) => () => loop.addSignalHandler(name as never, () => undefined)
      for (const wrong of [undefined, null, 15, {}]) expect(add(wrong)).toThrow(TypeError)
      for (const wrong of ['', 'SIGNOTHING', 'TERM', 'sigterm', 'constructor']) {
        expect(add(wrong)).toThrow(RangeError)
      }
      for (const wrong of ['SIGKILL', 'SIGSTOP', 'SIGSEGV']) {
        expect(add(wrong)).toThrow(`${wrong} cannot be caught`)
      }
      expect(() => loop.removeSignalHandler('SIGNOTHING' as never)).toThrow(RangeError)
    })

    it('must be a plain function', () => {
      const loop = make()
      expect(() => loop.addSignalHandler(signal, undefined as never)).toThrow(TypeError)
      expect(() => loop.addSignalHandler(signal, async () => undefined)).toThrow(
        'coroutine function',
      )
      expect(() => loop.addSignalHandler(signal, function* () {})).toThrow(TypeError)
    })
  })
}
