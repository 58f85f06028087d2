import { getAddressInfo, getNameInfo, openConnection } from '@tsyncio/streams'
import { createTask, run, runBlocking, sleep, timeout, TimeoutError } from '@tsyncio/tasks'
import { createHook } from 'node:async_hooks'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'
import { closedPort } from './silent-port.js'

const questions = ['GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP']

/** Counts what is asked of the system's resolver meanwhile, in all and at once. */
async function asked(body: () => Promise<void>): Promise<{ all: number; most: number }> {
  const open = new Set<number>()
  const counts = { all: 0, most: 0 }
  const hook = createHook({
    init(id, type) {
      if (!questions.includes(type)) return
      open.add(id)
      counts.all++
      counts.most = Math.max(counts.most, open.size)
    },
    before(id) {
      open.delete(id)
    },
  }).enable()
  try {
    await body()
  } finally {
    hook.disable()
  }
  return counts
}

expectNoLeaks()

describe('a numeric address', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', 'fe80::1%1', 'localhost', ''])(
    '%s is never looked up',
    async (host) => {
      const counts = await asked(async () => {
        await run(async () => {
          expect(await getAddressInfo(host, 80)).not.toEqual([])
          const connecting = openConnection({ host, port: closedPort })
          await expect(connecting).rejects.toMatchObject({ syscall: 'connect' })
        })
      })
      expect(counts.all).toBe(0)
    },
  )
})

describe('names', () => {
  // In capitals the loopback interface is a name like any other, which /etc/hosts has.
  const ask = () => createTask(failureOf(getAddressInfo('LOCALHOST', 80)))
  const atOnce = Math.floor(Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) / 2)

  it('are asked for a few at a time, so that Node has threads left', async () => {
    const counts = await asked(async () => {
      await run(async () => {
        const tasks = Array.from({ length: 20 }, ask)
        for (const task of tasks) expect(await task).toBeUndefined()
      })
    })
    expect(counts).toEqual({ all: 20, most: atOnce })
  })

  it('are not asked for by who has left the line', async () => {
    const counts = await asked(async () => {
      await run(function* () {
        const tasks = Array.from({ length: 20 }, ask)
        yield* sleep(0)
        for (const task of tasks) task.cancel()
        for (const task of tasks) expect(yield* task).toMatchObject({ name: 'CancelledError' })
        // The line is free again.
        expect(yield* getAddressInfo('LOCALHOST', 80)).not.toEqual([])
      })
    })
    expect(counts.all).toBeLessThanOrEqual(atOnce + 1)
  })

  it('that nobody has are an error, as of Nodes resolver', async () => {
    await run(async () => {
      const asking = getAddressInfo('no-such-name.invalid', 80)
      await expect(asking).rejects.toMatchObject({ syscall: 'getaddrinfo' })
    })
  }, 60_000)

  it('are looked up by a function of ones own, which learns that nobody waits', async () => {
    await run(async () => {
      const signals: AbortSignal[] = []
      const lookup = (host: string, signal: AbortSignal) => {
        signals.push(signal)
        return host === 'known'
          ? Promise.resolve(['192.0.2.1', '::2'])
          : new Promise<never>(() => {})
      }
      expect(await getAddressInfo('known', 80, { lookup })).toEqual([
        { family: 'IPv4', address: '192.0.2.1', port: 80 },
        { family: 'IPv6', address: '::2', port: 80 },
      ])
      const waiting = timeout(1, async () => getAddressInfo('silent', 80, { lookup }))
      await expect(waiting).rejects.toBeInstanceOf(TimeoutError)
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
      const wrong = getAddressInfo('x', 80, { lookup: async () => ['a name'] })
      await expect(wrong).rejects.toBeInstanceOf(TypeError)
      const none = getAddressInfo('x', 80, { lookup: async () => [] })
      await expect(none).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: 'x' })
      const failure = new Error('no such server')
      const failing = getAddressInfo('x', 80, { lookup: () => Promise.reject(failure) })
      await expect(failing).rejects.toBe(failure)
    })
  })
})

describe('getAddressInfo', () => {
  it('gives the loopback, or every interface for who listens', () => {
    runBlocking(function* () {
      const addresses = (yield* getAddressInfo('', 7)).map(({ address }) => address)
      expect(addresses).toEqual(['127.0.0.1', '::1'])
      const passive = yield* getAddressInfo('', 7, { passive: true, family: 'IPv6' })
      expect(passive).toEqual([{ family: 'IPv6', address: '::', port: 7 }])
    })
  })

  it('refuses a name where numbers are wanted, without asking', async () => {
    const counts = await asked(async () => {
      await run(async () => {
        const asking = getAddressInfo('LOCALHOST', 80, { numeric: true })
        await expect(asking).rejects.toMatchObject({ code: 'ENOTFOUND', hostname: 'LOCALHOST' })
        const numeric = await getAddressInfo('192.0.2.1', 80, { numeric: true })
        expect(numeric).toEqual([{ family: 'IPv4', address: '192.0.2.1', port: 80 }])
      })
    })
    expect(counts.all).toBe(0)
  })

  it('finds the names of this machine', async () => {
    const hosts = await readFile('/etc/hosts', 'utf8')
    const entry = /^127\.0\.0\.1\s+(?:localhost\s+)?(?!localhost)(\S+)/m.exec(hosts)
    const name = entry?.[1] ?? 'localhost.'
    await run(async () => {
      const found = await getAddressInfo(name, 80, { family: 'IPv4' })
      expect(found).toContainEqual({ family: 'IPv4', address: '127.0.0.1', port: 80 })
    })
  })
})

describe('getNameInfo', () => {
  const here = { family: 'IPv4', address: '127.0.0.1', port: 80 } as const
  // Of a network for documentation (RFC 5737): nobody has a name in it.
  const nameless = { family: 'IPv4', address: '192.0.2.1', port: 80 } as const

  it('gives the names of a host and a port', async () => {
    await run(async () => {
      expect(await getNameInfo(here)).toEqual({
        host: expect.stringMatching(/[a-z]/) as string,
        service: 'http',
      })
    })
  })

  it('gives the numbers of both, or of one of them', async () => {
    const counts = await asked(async () => {
      await run(async () => {
        expect(await getNameInfo(here, { numeric: true })).toEqual({
          host: '127.0.0.1',
          service: '80',
        })
      })
    })
    expect(counts.all).toBe(0)
    await run(function* () {
      expect(yield* getNameInfo(here, { numeric: 'host' })).toEqual({
        host: '127.0.0.1',
        service: 'http',
      })
      const { host, service } = yield* getNameInfo(here, { numeric: 'service' })
      expect([/[a-z]/.test(host), service]).toEqual([true, '80'])
    })
  })

  it('takes an address without a name as its name, unless one is required', async () => {
    await run(async () => {
      expect(await getNameInfo(nameless)).toEqual({ host: '192.0.2.1', service: 'http' })
      expect(await getNameInfo(nameless, { numeric: 'service' })).toEqual({
        host: '192.0.2.1',
        service: '80',
      })
      const asking = getNameInfo(nameless, { nameRequired: true })
      await expect(asking).rejects.toMatchObject({ code: 'ENOTFOUND', syscall: 'getnameinfo' })
    })
  }, 60_000)
})

describe('bad arguments', () => {
  it('are refused at the door', () => {
    expect(() => getAddressInfo(1 as any, 80)).toThrow(TypeError)
    expect(() => getAddressInfo('a', -1)).toThrow(RangeError)
    expect(() => getAddressInfo('a', 80, { family: 'IPX' as any })).toThrow(RangeError)
    expect(() => getAddressInfo('a', 80, { lookup: 1 as any })).toThrow(TypeError)
    expect(() => getNameInfo({ path: '/a' } as any)).toThrow(TypeError)
    expect(() => getNameInfo({ family: 'IPv4', address: 'b', port: 1 })).toThrow(RangeError)
    const address = { family: 'IPv4', address: '127.0.0.1', port: 1 } as const
    for (const options of [
      { numeric: 'all' as any },
      { nameRequired: 1 as any },
      { numeric: true, nameRequired: true },
    ]) {
      expect(() => getNameInfo(address, options)).toThrow(TypeError)
    }
  })
})
