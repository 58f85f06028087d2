import { describe, expect, it } from 'vitest'

import { ContextVariable } from '../context-variable.js'
import { Context } from '../context.js'
import { InvalidStateError } from '../invalid-state-error.js'
import type { LoopBench } from './loop-bench.js'

/** The context rules of EV8, EV10, EV15 and FU2. */
export function describeContexts({ make, run, runSteps }: LoopBench): void {
  describe('a callback', () => {
    it('runs in the context that was current when it was scheduled', async () => {
      const user = new ContextVariable('user', 'nobody')
      const loop = make()
      const seen: string[] = []
      const note = (): void => void seen.push(user.get())
      const here = new Context()
      here.run(() => {
        user.set('ada')
        loop.callSoon(note)
        loop.callLater(0, note)
        loop.callAt(loop.time() + 1, note)
      })
      loop.callSoon(note)
      loop.callLater(3, () => loop.stop())
      await run(loop)
      expect(seen.sort()).toEqual(['ada', 'ada', 'ada', 'nobody'])
      expect(user.get()).toBe('nobody')
    })

    it('keeps what it sets to itself, and does not see what is set later', async () => {
      const user = new ContextVariable('user', 'nobody')
      const loop = make()
      const seen: string[] = []
      const here = new Context()
      const take = (name: string): void => {
        seen.push(user.get())
        user.set(name)
      }
      here.run(() => {
        const future = loop.createFuture<void>()
        future.addDoneCallback(() => take('a'))
        loop.callSoon(take, 'b')
        loop.callLater(1, take, 'c')
        user.set('later')
        future.setResult()
      })
      loop.callLater(2, () => loop.stop())
      await run(loop)
      expect(seen).toEqual(['nobody', 'nobody', 'nobody'])
      expect(here.get(user)).toBe('later')
    })

    it('shares a context that it was given with the others there', async () => {
      const count = new ContextVariable('count', 0)
      const loop = make()
      const seen: number[] = []
      const context = new Context()
      const step = (): void => {
        count.set(count.get() + 1)
        seen.push(count.get())
      }
      loop.callSoonIn(context, step)
      const handle = loop.callSoonIn(context, step)
      loop.callSoonIn(context.copy(), step)
      expect(handle.getContext()).toBe(context)
      await runSteps(loop, [])
      expect(seen).toEqual([1, 2, 1])
    })

    it('leaves the context of the next one alone, even if it throws', async () => {
      const user = new ContextVariable('user', 'nobody')
      const loop = make()
      loop.setExceptionHandler(() => undefined)
      const seen: string[] = []
      loop.callSoonIn(new Context(), () => {
        user.set('ada')
        throw new Error('oops')
      })
      loop.callSoonIn(new Context(), () => seen.push(user.get()))
      await runSteps(loop, [])
      expect(seen).toEqual(['nobody'])
    })
  })

  describe('the token of a context variable', () => {
    it('puts the former value back, once', () => {
      const user = new ContextVariable('user', 'nobody')
      const token = new Context().run(() => {
        const token = user.set('ada')
        user.reset(token)
        expect([user.get(), token.used]).toEqual(['nobody', true])
        expect(() => user.reset(token)).toThrow(InvalidStateError)
        return user.set('bob')
      })
      expect(() => user.reset(token)).toThrow(TypeError)
    })
  })

  describe('a done callback', () => {
    it('runs in the context in which it was added, or in the one given', async () => {
      const user = new ContextVariable('user', 'nobody')
      const loop = make()
      const future = loop.createFuture()
      const seen: string[] = []
      const note = (): void => void seen.push(user.get())
      const [first, second] = [new Context(), new Context()]
      first.run(() => {
        user.set('adder')
        future.addDoneCallback(note)
      })
      second.run(() => user.set('given'))
      future.addDoneCallback(note, { context: second })
      const settler = new Context()
      settler.run(() => {
        user.set('settler')
        future.setResult(undefined)
      })
      first.run(() => future.addDoneCallback(note))
      await runSteps(loop, [])
      expect(seen).toEqual(['adder', 'given', 'adder'])
    })
  })
}
