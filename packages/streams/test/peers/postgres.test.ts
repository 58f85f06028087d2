import { ClientSocket } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from '../no-leaks.js'
import { freePort, runProgram, withDaemon, withDirectory } from './daemon.js'

const installed = '/usr/lib/postgresql'

/** Debian has several versions beside each other, none of them on the path. */
function programs(): string {
  const version = readdirSync(installed).sort((a, b) => Number(b) - Number(a))[0]
  return join(installed, String(version), 'bin')
}

const stream = () => new ClientSocket()

/** A PostgreSQL of its own. */
async function withPostgres(
  body: (options: pg.ClientConfig, directory: string) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const port = await freePort()
    const data = join(directory, 'data')
    const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
    await runProgram(join(programs(), 'initdb'), initdb, directory)
    const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: directory }
    const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
    const command = [join(programs(), 'postgres'), '-D', data, '--fsync=off', ...options] as const
    const where = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
    await withDaemon(command, { port, directory, stopSignal: 'SIGINT' }, () =>
      run(() => body({ ...where, stream }, directory)),
    )
  })
}

expectNoLeaks()

describe('pg over our sockets', () => {
  it('talks to PostgreSQL', { timeout: 60_000 }, async () => {
    await withPostgres(async (options, directory) => {
      const client = new pg.Client(options)
      await client.connect()
      const { rows } = await client.query('SELECT $1::int + 1 AS sum, $2::text AS text', [1, 'ä'])
      expect(rows).toEqual([{ sum: 2, text: 'ä' }])
      const blob = randomBytes(10 * 1024 * 1024)
      const answer = await client.query<{ blob: Buffer }>('SELECT $1::bytea AS blob', [blob])
      expect(answer.rows[0]!.blob.equals(blob)).toBe(true)
      await expect(client.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' })

      const listener = new pg.Client({ ...options, host: directory })
      await listener.connect()
      await listener.query('LISTEN news')
      const notified = once(listener, 'notification')
      await client.query("NOTIFY news, 'over a Unix socket'")
      expect((await notified)[0]).toMatchObject({ payload: 'over a Unix socket' })
      await Promise.all([client.end(), listener.end()])

      const pool = new pg.Pool({ ...options, max: 8 })
      const sums = Array.from({ length: 200 }, (_, i) =>
        pool.query<{ n: number }>('SELECT $1::int AS n', [i]),
      )
      const numbers = (await Promise.all(sums)).map((result) => result.rows[0]!.n)
      expect(numbers).toEqual(Array.from({ length: 200 }, (_, i) => i))
      expect(pool.totalCount).toBe(8)
      await pool.end()

      const cut = new pg.Client(options)
      cut.on('error', () => undefined)
      await cut.connect()
      const { rows: pids } = await cut.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const killer = new pg.Client(options)
      await killer.connect()
      const waiting = cut.query('SELECT pg_sleep(60)')
      const failing = expect(waiting).rejects.toMatchObject({ code: '57P01' })
      await killer.query('SELECT pg_terminate_backend($1)', [pids[0]!.pid])
      await failing
      await killer.end()

      const refused = new pg.Client({ ...options, port: 1 })
      await expect(refused.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    })
  })
})
