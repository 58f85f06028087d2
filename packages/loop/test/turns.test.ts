import { EventLoop, HostedDriver, PortableDriver, type Driver, type LoopCore } from '@tsyncio/loop'
import { SocketPair } from '@tsyncio/loop/testing'
import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { PollSelector, SelectSelector, EpollSelector } from '@tsyncio/selectors'
import { closeSync, openSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'

interface Counted {
  readonly driver: (core: LoopCore) => Driver
  turns: number
  wakes: number
}

function counted(make: (core: LoopCore) => Driver): Counted {
  const count: Counted = {
    turns: 0,
    wakes: 0,
    driver(core) {
      const driver = make(core)
      return {
        name: driver.name,
        start: (takeTurn) =>
          driver.start(() => {
            count.turns++
            takeTurn()
          }),
        stop: () => driver.stop(),
        wake() {
          count.wakes++
          driver.wake()
        },
        drainMicrotasks: () => driver.drainMicrotasks(),
      }
    },
  }
  return count
}

const drivers = [
  ['hosted', (core: LoopCore) => new HostedDriver(core)],
  ['portable', (core: LoopCore) => new PortableDriver(core)],
] as const

function nextPhase(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 2))
}

describe.each(drivers)('a %s loop, from outside of its turns,', (_, make) => {
  leakCheck()

  it('is armed once for a million callbacks', async () => {
    const count = counted(make)
    using loop = new EventLoop({ driver: count.driver })
    const ended = loop.runForever()
    await nextPhase()
    count.wakes = 0
    const before = count.turns
    let calls = 0
    for (let batch = 0; batch < 2; batch++) {
      for (let i = 0; i < 500_000; i++) loop.callSoon(() => calls++)
      while (calls < (batch + 1) * 500_000) await nextPhase()
    }
    expect(count.wakes).toBe(2)
    expect(count.turns - before).toBeLessThan(8)
    loop.stop()
    await ended
  })

  it('notices an earlier timer, and one that is taken away', async () => {
    const count = counted(make)
    using loop = new EventLoop({ driver: count.driver })
    const log: string[] = []
    const ended = loop.runForever()
    const late = loop.callLater(10_000, () => log.push('late'))
    await nextPhase()
    await new Promise((resolve) => loop.callLater(1, () => resolve(log.push('early'))))
    late.cancel()
    await nextPhase()
    expect(log).toEqual(['early'])
    // The turn for what was taken away may be late, but it is the last.
    await vi.waitFor(async () => {
      const turns = count.turns
      for (let i = 0; i < 10; i++) await nextPhase()
      expect(count.turns).toBe(turns)
    })
    loop.stop()
    await ended
  })

  it('stops without any work', async () => {
    using loop = new EventLoop({ driver: make })
    const ended = loop.runForever()
    await nextPhase()
    loop.stop()
    await ended
    expect(loop.isRunning()).toBe(false)
  })

  it('takes as many turns as there are, however many there are at once', async () => {
    using loop = new EventLoop({ driver: make })
    let links = 0
    const chain = (): void => {
      if (++links < 5000) loop.callSoon(chain)
      else loop.stop()
    }
    const ended = loop.runForever()
    await nextPhase()
    loop.callSoon(chain)
    await ended
    expect(links).toBe(5000)
  })

  it('lives beside others: they take turns', async () => {
    const log: number[] = []
    const loops = Array.from({ length: 12 }, () => new EventLoop({ driver: make }))
    const runs = loops.map((loop, index) => {
      let rounds = 0
      const round = (): void => {
        log.push(index)
        if (++rounds === 20) loop.stop()
        else loop.callLater(0.5, round)
      }
      loop.callSoon(round)
      return loop.runForever()
    })
    await Promise.all(runs)
    for (const loop of loops) loop.close()
    expect(log).toHaveLength(240)
    const firstToEnd = log.lastIndexOf(log[0]!)
    expect(new Set(log.slice(0, firstToEnd)).size).toBe(12)
  })

  it('makes Node warn of no leak, however many there are', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    const loops = Array.from({ length: 24 }, () => new EventLoop({ driver: make }))
    const runs = loops.map((loop) => {
      const future = loop.createFuture()
      loop.callLater(2, () => future.setResult(undefined))
      return loop.runUntilComplete(future)
    })
    await Promise.all(runs)
    for (const loop of loops) loop.close()
    await nextPhase()
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('ends with the error if its driver cannot start, and can be closed', async () => {
    using loop = new EventLoop({
      driver: (core) => ({
        ...counted(make).driver(core),
        start() {
          throw new Error('no driver today')
        },
      }),
    })
    await expect(loop.runForever()).rejects.toThrow('no driver today')
    await expect(loop.runUntilComplete(loop.createFuture())).rejects.toThrow('no driver today')
    expect(loop.isRunning()).toBe(false)
  })
})

describe('a hosted loop', () => {
  const leaks = leakCheck()

  it('can be closed and made again in the continuation of its own run', async () => {
    for (let i = 0; i < 200; i++) {
      const loop = new EventLoop()
      loop.callSoon(() => loop.stop())
      await loop.runForever()
      loop.callLater(0, () => loop.stop())
      await loop.runForever()
      loop.close()
    }
    expect(leaks.takeReports()).toEqual([])
  })

  it('leaves no handle in Node’s loop', async () => {
    const handles = () =>
      (process.report.getReport() as { libuv: { type: string }[] }).libuv.filter(({ type }) =>
        ['poll', 'idle'].includes(type),
      ).length
    await nextPhase()
    const before = handles()
    const loop = new EventLoop()
    const ended = loop.runForever()
    expect(handles()).toBeGreaterThan(before)
    loop.stop()
    await ended
    loop.close()
    await nextPhase()
    expect(handles()).toBe(before)
  })

  it('refuses to be blocked by another loop from its callbacks', async () => {
    using loop = new EventLoop()
    using other = new EventLoop()
    let refusal: unknown
    loop.callSoon(() => {
      try {
        other.runForeverBlocking()
      } catch (error) {
        refusal = error
      }
      loop.stop()
    })
    await loop.runForever()
    expect(String(refusal)).toBe(
      'InvalidStateError: A loop is running in this thread: it cannot be blocked by another.',
    )
    expect(other.isRunning()).toBe(false)
  })

  it('stands still while another loop blocks the thread, and goes on afterwards', async () => {
    using loop = new EventLoop()
    using other = new EventLoop()
    const log: string[] = []
    const ended = loop.runForever()
    loop.callLater(1, () => {
      log.push('hosted')
      loop.stop()
    })
    other.callLater(5, () => {
      log.push('blocking')
      other.stop()
    })
    other.runForeverBlocking()
    await ended
    expect(log).toEqual(['blocking', 'hosted'])
  })

  it('ends with the error if its selector fails', async () => {
    class Failing extends EpollSelector {
      override selectInto(): never {
        throw new Error('the kernel said no')
      }
    }
    using pair = new SocketPair()
    using loop = new EventLoop({ selector: new Failing() })
    loop.addReader(pair.near, () => undefined)
    await expect(loop.runForever()).rejects.toThrow('the kernel said no')
    expect(() => loop.runForeverBlocking()).toThrow('the kernel said no')
    expect(loop.isRunning()).toBe(false)
  })

  it.each([PollSelector, SelectSelector])(
    'calls the reader of a regular file in every turn, on %o',
    async (Selector) => {
      using loop = new EventLoop({ selector: new Selector() })
      const file = openSync('/proc/self/exe', 'r')
      let calls = 0
      let others = 0
      const interval = setInterval(() => others++, 1)
      // Without a reference: nothing but the file brings the first turn.
      loop.core.fds.addReader(
        file,
        { run: () => void (++calls >= 100 && others > 1 && loop.stop()) },
        false,
      )
      await loop.runForever()
      clearInterval(interval)
      loop.core.fds.removeReader(file)
      await Promise.all([loop.runForever(), nextPhase().then(() => loop.stop())])
      closeSync(file)
      expect(calls).toBeGreaterThanOrEqual(100)
    },
  )

  it('watches what was watched before its run, and between its runs', async () => {
    for (const selector of [new EpollSelector(), new PollSelector(), new SelectSelector()]) {
      using loop = new EventLoop({ selector })
      using pair = new SocketPair()
      const received: string[] = []
      loop.addReader(pair.near, () => {
        received.push(pair.receive(pair.near))
        loop.stop()
      })
      for (const text of ['first', 'second']) {
        const ended = loop.runForever()
        await nextPhase()
        pair.send(pair.far, text)
        await ended
      }
      loop.removeReader(pair.near)
      expect(received).toEqual(['first', 'second'])
    }
  })
})
