import { describe, expect, it } from 'vitest'

import type { LoopBench } from './loop-bench.js'
import { SocketPair } from './socket-pair.js'

function spinUntil(isTrue: () => boolean): void {
  while (!isTrue());
}

/** EV7 and EV20: watching fds, and their place in a turn. */
export function describeFds({ make, run, runSteps }: LoopBench): void {
  describe('a watched fd', () => {
    it('has its reader called when there is something to read', async () => {
      using pair = new SocketPair()
      const loop = make()
      const log: string[] = []
      loop.addReader(
        pair.near,
        (name: string) => {
          log.push(name, pair.receive(pair.near))
          if (log.length === 4) loop.stop()
          else pair.send(pair.far, 'again')
        },
        'reader',
      )
      loop.callLater(1, () => pair.send(pair.far, 'hello'))
      await run(loop)
      expect(log).toEqual(['reader', 'hello', 'reader', 'again'])
    })

    it('has its reader called again until all is read', async () => {
      using pair = new SocketPair()
      const loop = make()
      let calls = 0
      pair.send(pair.far, 'x')
      loop.addReader(pair.near, () => {
        if (++calls === 3) loop.stop()
      })
      await run(loop)
      expect(calls).toBe(3)
    })

    it('has its writer called when it takes bytes', async () => {
      using pair = new SocketPair()
      const loop = make()
      loop.addWriter(pair.near, () => {
        pair.send(pair.near, 'ping')
        expect(loop.removeWriter(pair.near)).toBe(true)
        loop.stop()
      })
      await run(loop)
      expect(pair.receive(pair.far)).toBe('ping')
    })

    it('has its reader called when the peer hangs up', async () => {
      using pair = new SocketPair()
      const loop = make()
      let received: string | undefined
      loop.addReader(pair.near, () => {
        received = pair.receive(pair.near)
        loop.stop()
      })
      loop.callSoon(() => pair.close(pair.far))
      await run(loop)
      expect(received).toBe('')
    })

    it('may be an object that has one', async () => {
      using pair = new SocketPair()
      const loop = make()
      const log: string[] = []
      pair.send(pair.far, 'x')
      loop.addReader({ fileno: () => pair.near }, () => log.push('read'))
      loop.addWriter({ fd: pair.near }, () => log.push('write'))
      loop.callLater(2, () => loop.stop())
      await run(loop)
      expect(log.slice(0, 2)).toEqual(['read', 'write'])
      expect(loop.removeReader(pair.near)).toBe(true)
      expect(loop.removeWriter({ fileno: () => pair.near })).toBe(true)
    })

    it('has one reader: a new one replaces the old and cancels its handle', async () => {
      using pair = new SocketPair()
      const loop = make()
      const log: string[] = []
      pair.send(pair.far, 'x')
      const old = loop.addReader(pair.near, () => log.push('old'))
      const current = loop.addReader(pair.near, () => {
        log.push('new')
        loop.stop()
      })
      await run(loop)
      expect(log).toEqual(['new'])
      expect([old.cancelled(), current.cancelled()]).toEqual([true, false])
      expect(loop.core.fds.size).toBe(1)
    })

    it('keeps its writer when its reader goes, and counts until both are gone', async () => {
      using pair = new SocketPair()
      const loop = make()
      const log: string[] = []
      pair.send(pair.far, 'x')
      const reader = loop.addReader(pair.near, () => log.push('read'))
      loop.addWriter(pair.near, () => log.push('write'))
      expect([loop.core.fds.size, loop.core.refs]).toEqual([1, 1])
      expect(loop.removeReader(pair.near)).toBe(true)
      expect(reader.cancelled()).toBe(true)
      expect(loop.removeReader(pair.near)).toBe(false)
      loop.callLater(2, () => loop.stop())
      await run(loop)
      expect(new Set(log)).toEqual(new Set(['write']))
      expect(loop.core.refs).toBe(1)
      expect(loop.removeWriter(pair.near)).toBe(true)
      expect(loop.removeWriter(pair.near)).toBe(false)
      expect([loop.core.fds.size, loop.core.refs]).toEqual([0, 0])
    })

    it('keeps the process for the one of its two that is to', () => {
      using pair = new SocketPair()
      const { core } = make()
      const idle = { run: () => undefined }
      core.fds.addReader(pair.near, idle, false)
      expect(core.refs).toBe(0)
      core.fds.addWriter(pair.near, idle)
      expect(core.refs).toBe(1)
      core.fds.removeWriter(pair.near)
      expect(core.refs).toBe(0)
      core.fds.addReader(pair.near, idle)
      expect(core.refs).toBe(1)
      core.fds.removeReader(pair.near)
      expect(core.refs).toBe(0)
    })

    it('is not called any more once it was removed, even in the same turn', async () => {
      using first = new SocketPair()
      using second = new SocketPair()
      const loop = make()
      let calls = 0
      for (const pair of [first, second]) {
        pair.send(pair.far, 'x')
        loop.addReader(pair.near, () => {
          calls++
          loop.removeReader(first.near)
          loop.removeReader(second.near)
        })
      }
      loop.callLater(3, () => loop.stop())
      await run(loop)
      expect(calls).toBe(1)
    })

    it('loses its interest when its handle is cancelled', async () => {
      using pair = new SocketPair()
      const loop = make()
      let calls = 0
      pair.send(pair.far, 'x')
      const handles = [
        loop.addReader(pair.near, () => calls++),
        loop.addWriter(pair.near, () => calls++),
      ]
      for (const handle of handles) handle.cancel()
      loop.callLater(3, () => loop.stop())
      await run(loop)
      expect([calls, loop.core.fds.size, loop.core.refs]).toEqual([0, 0, 0])
      expect(loop.removeReader(pair.near)).toBe(false)
    })

    it('is left alone when the loop is closed', () => {
      using pair = new SocketPair()
      const loop = make()
      loop.addReader(pair.near, () => undefined)
      loop.addWriter(pair.near, () => undefined)
      loop.close()
      expect(loop.removeReader(pair.near)).toBe(false)
      expect(loop.core.refs).toBe(0)
      pair.send(pair.near, 'still open')
    })

    it('that was closed too early does not keep the loop from being closed', async () => {
      using pair = new SocketPair()
      const loop = make()
      loop.addReader(pair.near, () => undefined)
      pair.close(pair.near)
      try {
        loop.addWriter(pair.near, () => undefined)
      } catch (error) {
        expect(error).toMatchObject({ code: 'EBADF' })
      }
      loop.removeReader(pair.near)
      loop.removeWriter(pair.near)
      expect([loop.core.fds.size, loop.core.refs]).toEqual([0, 0])
      await runSteps(loop, [])
    })

    it('is refused when it is none, or has an owner', () => {
      using pair = new SocketPair()
      const loop = make()
      for (const wrong of [undefined, null, -1, 1.5, NaN, 'fd', {}]) {
        expect(() => loop.addReader(wrong as never, () => undefined)).toThrow(
          /TypeError|RangeError|fd|file/i,
        )
      }
      loop.core.fds.claim(pair.near, { toString: () => '<Transport>' })
      for (const method of ['addReader', 'addWriter'] as const) {
        expect(() => loop[method](pair.near, () => undefined)).toThrow('is used by <Transport>')
      }
      expect(() => loop.removeReader(pair.near)).toThrow('is used by')
      loop.core.fds.release(pair.near)
      expect(loop.removeReader(pair.near)).toBe(false)
    })
  })

  describe('a turn', () => {
    it('runs what is queued, then readers before writers, then timers', async () => {
      using pair = new SocketPair()
      const loop = make()
      const log: string[] = []
      const note = (name: string) => () => void log.push(name)
      await runSteps(loop, [
        () => {
          loop.addWriter(pair.near, note('write'))
          loop.addReader(pair.near, note('read'))
          const timer = loop.callLater(1, note('timer'))
          loop.callSoon(note('queued'))
          pair.send(pair.far, 'x')
          spinUntil(() => loop.time() >= timer.when())
        },
        () => undefined,
      ])
      expect(log.slice(0, 4)).toEqual(['queued', 'read', 'write', 'timer'])
    })

    it('looks at the fds although the queue is never empty', async () => {
      using pair = new SocketPair()
      const loop = make()
      let links = 0
      let isOver = false
      const chain = (): void => {
        if (++links === 10) pair.send(pair.far, 'x')
        if (!isOver) loop.callSoon(chain)
      }
      loop.callSoon(chain)
      loop.addReader(pair.near, () => {
        isOver = true
        loop.stop()
      })
      await run(loop)
      expect(links).toBeLessThanOrEqual(12)
    })

    it('serves a hundred conversations at once', async () => {
      const loop = make()
      const pairs = Array.from({ length: 100 }, () => new SocketPair())
      let rounds = 0
      for (const pair of pairs) {
        loop.addReader(pair.near, () => {
          pair.send(pair.near, pair.receive(pair.near))
        })
        loop.addReader(pair.far, () => {
          pair.receive(pair.far)
          if (++rounds === 1000) loop.stop()
          else pair.send(pair.far, 'x')
        })
        pair.send(pair.far, 'x')
      }
      await run(loop)
      for (const pair of pairs) {
        loop.removeReader(pair.near)
        loop.removeReader(pair.far)
        pair[Symbol.dispose]()
      }
      expect(rounds).toBeGreaterThanOrEqual(1000)
    })
  })
}
