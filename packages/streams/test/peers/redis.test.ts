import { getEventLoop, type EventLoop } from '@tsyncio/loop'
import { ClientSocket, startServer, type StreamReader, type StreamWriter } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { Redis, type RedisOptions } from 'ioredis'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from '../no-leaks.js'
import { freePort, runProgram, withDaemon, withDirectory } from './daemon.js'

const host = '127.0.0.1'

/** What ioredis asks for its sockets. */
function connectorTo(port: number, loop: EventLoop): NonNullable<RedisOptions['Connector']> {
  return class {
    protected connecting = false
    protected stream: ClientSocket | undefined
    disconnectTimeout = 1000

    check(): boolean {
      return true
    }

    connect(): Promise<never> {
      this.stream = new ClientSocket({ loop }).connect(port, host)
      return Promise.resolve(this.stream as never)
    }

    disconnect(): void {
      this.stream?.end()
    }
  } as never
}

/** A very small Redis: strings, and nothing lasts. */
async function* commands(reader: StreamReader): AsyncGenerator<Buffer[]> {
  for (let head; (head = await reader.readUntil('\r\n')) !== null;) {
    const parts: Buffer[] = []
    for (let left = Number(head.subarray(1)); left > 0; left--) {
      const size = Number((await reader.readUntil('\r\n'))!.subarray(1))
      parts.push((await reader.readExactly(size + 2)).subarray(0, size))
    }
    yield parts
  }
}

const bulk = (value: Buffer) => [`$${value.length}\r\n`, value, '\r\n']

async function serve(store: Map<string, Buffer>, reader: StreamReader, writer: StreamWriter) {
  for await (const [name, key, value] of commands(reader)) {
    const command = String(name).toUpperCase()
    if (command === 'SET') store.set(String(key), Buffer.from(value!))
    const found = store.get(String(key))
    if (command === 'PING') writer.write('+PONG\r\n')
    else if (command === 'SET') writer.write('+OK\r\n')
    else if (command === 'GET') writer.writeLines(found === undefined ? ['$-1\r\n'] : bulk(found))
    else if (command === 'ECHO') writer.writeLines(bulk(key!))
    else writer.write(`-ERR unknown command '${command}'\r\n`)
    await writer.drain()
  }
  writer.close()
}

async function withOurRedis(body: (port: number) => Promise<void>): Promise<void> {
  const store = new Map<string, Buffer>()
  await run(async () => {
    await using server = await startServer((reader, writer) => serve(store, reader, writer), {
      host,
      port: 0,
    })
    try {
      await body(server.port)
    } finally {
      server.close()
      server.abortClients()
    }
  })
}

expectNoLeaks()

describe('ioredis over our sockets', () => {
  it('talks to Redis', { timeout: 30_000 }, async () => {
    await withDirectory(async (directory) => {
      const port = await freePort()
      const settings = ['--port', `${port}`, '--bind', host, '--save', '', '--dir', directory]
      const talk = async () => {
        const options = { Connector: connectorTo(port, getEventLoop()), lazyConnect: true }
        const redis = new Redis(options)
        await redis.connect()
        const blob = randomBytes(10 * 1024 * 1024)
        await redis.set('blob', blob)
        expect((await redis.getBuffer('blob'))!.equals(blob)).toBe(true)

        const counts = Array.from({ length: 1000 }, () => redis.incr('counter'))
        expect((await Promise.all(counts)).at(-1)).toBe(1000)
        const replies = await redis.multi().set('a', '1').incr('a').exec()
        expect(replies).toEqual([
          [null, 'OK'],
          [null, 2],
        ])

        const subscriber = new Redis(options)
        await subscriber.subscribe('news')
        const heard = once(subscriber, 'message')
        await redis.publish('news', 'over our sockets')
        expect(await heard).toEqual(['news', 'over our sockets'])

        // Cut by the server, it connects again.
        const again = once(redis, 'ready')
        await subscriber.quit()
        const killer = new Redis(options)
        await killer.call('CLIENT', 'KILL', 'TYPE', 'normal')
        await again
        expect(await redis.get('a')).toBe('2')
        const ends = [redis, killer].map((client) => once(client, 'end'))
        await Promise.all([redis.quit(), killer.quit()])
        await Promise.all(ends)
      }
      const command = ['redis-server', ...settings] as const
      await withDaemon(command, { port, directory }, () => run(talk))
    })
  })
})

describe('a server of ours that speaks as Redis does', () => {
  it('answers redis-cli', async () => {
    await withOurRedis(async (port) => {
      const cli = async (...args: string[]) =>
        (await runProgram('redis-cli', ['-h', host, '-p', `${port}`, ...args])).trim()
      expect(await cli('PING')).toBe('PONG')
      expect(await cli('SET', 'name', 'tsyncio')).toBe('OK')
      expect(await cli('GET', 'name')).toBe('tsyncio')
      expect(await cli('GET', 'nothing')).toBe('')
      expect(await cli('FLY')).toContain('unknown command')
    })
  })

  it('stands redis-benchmark, with pipelines', { timeout: 60_000 }, async () => {
    await withOurRedis(async (port) => {
      const flags = ['-n', '20000', '-c', '50', '-P', '16', '-d', '1000', '--csv']
      const tests = ['-t', 'ping_mbulk,set,get']
      const said = await runProgram('redis-benchmark', ['-p', `${port}`, ...flags, ...tests])
      const rows = [...said.matchAll(/^"(PING_MBULK|SET|GET)","([\d.]+)"/gm)]
      expect(rows.map(([, name]) => name)).toEqual(['PING_MBULK', 'SET', 'GET'])
      for (const [, , perSecond] of rows) expect(Number(perSecond)).toBeGreaterThan(0)
    })
  })
})
