import { describe, expect, it, vi } from 'vitest'

import { ContextVariable } from '../context-variable.js'
import { defaultExceptionHandler, type ExceptionContext } from '../exception-handler.js'
import type { LoopBench } from './loop-bench.js'

/** EV14, EV15: errors that nobody caught. */
export function describeErrors({ make, run, runSteps, leaks }: LoopBench): void {
  describe('an error in a callback', () => {
    it('goes to the exception handler, and the loop lives on', async () => {
      const loop = make()
      const error = new Error('oops')
      const seen: [unknown, ExceptionContext][] = []
      loop.setExceptionHandler((...args) => seen.push(args))
      const handle = loop.callSoon(function failing() {
        throw error
      })
      let after = 0
      loop.callSoon(() => after++)
      await runSteps(loop, [])
      expect(after).toBe(1)
      expect(seen).toHaveLength(1)
      expect(seen[0]![0]).toBe(loop)
      expect(seen[0]![1]).toMatchObject({ exception: error, handle })
      expect(seen[0]![1].message).toMatch(/^Exception in callback <Handle failing\(\)/)
    })

    it('of a timer is reported as well', async () => {
      const loop = make()
      loop.callLater(1, () => {
        throw new RangeError('timer')
      })
      loop.callLater(2, () => loop.stop())
      await run(loop)
      expect(leaks.takeReports()).toMatchObject([{ exception: new RangeError('timer') }])
    })

    it('may be anything', async () => {
      const loop = make()
      const hostile = {
        toString() {
          throw new Error('no string')
        },
      }
      const thrown = [undefined, null, 'text', Symbol('s'), Object.create(null), hostile]
      for (const value of thrown) {
        loop.callSoon(() => {
          throw value
        })
      }
      await runSteps(loop, [])
      const reports = leaks.takeReports()
      expect(reports.map(({ exception }) => exception)).toEqual(thrown)
      const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      for (const report of reports) defaultExceptionHandler(report)
      expect(print).toHaveBeenCalledTimes(thrown.length)
    })
  })

  describe('an exception handler', () => {
    it('can be read and taken away again', async () => {
      const loop = make()
      expect(loop.getExceptionHandler()).toBeUndefined()
      const handler = vi.fn()
      loop.setExceptionHandler(handler)
      expect(loop.getExceptionHandler()).toBe(handler)
      loop.setExceptionHandler(undefined)
      loop.callExceptionHandler({ message: 'to the default' })
      expect(handler).not.toHaveBeenCalled()
      expect(leaks.takeReports()).toEqual([{ message: 'to the default' }])
    })

    it('must be a function', () => {
      const loop = make()
      for (const wrong of [null, 1, 'handler', {}]) {
        expect(() => loop.setExceptionHandler(wrong as never)).toThrow(TypeError)
      }
    })

    it('that throws is reported, and so is what it was to report', async () => {
      const loop = make()
      const failure = new Error('in the handler')
      const error = new Error('in the callback')
      loop.setExceptionHandler(() => {
        throw failure
      })
      loop.callSoon(() => {
        throw error
      })
      await runSteps(loop, [])
      expect(leaks.takeReports()).toMatchObject([
        { message: 'Unhandled error in exception handler', exception: failure },
        { exception: error },
      ])
    })

    it('of the loop that throws is written down, and the loop lives on', async () => {
      const loop = make()
      const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      loop.defaultExceptionHandler = () => {
        throw new Error('broken default')
      }
      loop.callSoon(() => {
        throw new Error('first')
      })
      let after = 0
      loop.callSoon(() => after++)
      await runSteps(loop, [])
      expect(after).toBe(1)
      expect(String(print.mock.calls[0])).toContain('Unhandled error in default exception handler')
      expect(String(print.mock.calls[0])).toContain('broken default')
    })

    it('runs in the context of the handle', async () => {
      const variable = new ContextVariable('request', 'none')
      const loop = make()
      const seen: string[] = []
      loop.setExceptionHandler(() => seen.push(variable.get()))
      const failing = (): never => {
        variable.set('inside')
        throw new Error('oops')
      }
      const context = loop
        .callSoon(() => undefined)
        .getContext()
        .copy()
      loop.callSoonIn(context, failing)
      await runSteps(loop, [])
      expect(seen).toEqual(['inside'])
      expect(variable.get()).toBe('none')
    })

    it('may use the loop', async () => {
      const loop = make()
      const log: string[] = []
      loop.setExceptionHandler(() => loop.callSoon(() => log.push('later')))
      loop.callSoon(() => {
        throw new Error('oops')
      })
      await runSteps(loop, [() => undefined, () => undefined])
      expect(log).toEqual(['later'])
    })
  })

  describe('the default report', () => {
    it('names everything of the context, and shows the stack', () => {
      const loop = make()
      const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
      const error = new Error('reason')
      const handle = loop.callSoon(function job() {})
      defaultExceptionHandler({ message: 'It failed', exception: error, handle })
      const text = String(print.mock.calls[0])
      expect(text).toMatch(/^It failed\nhandle: <Handle job\(\)/)
      expect(text).toContain(error.stack)
    })
  })
}
