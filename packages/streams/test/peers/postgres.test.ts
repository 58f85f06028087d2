import { ClientSocket } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'

import { makeCertificate } from '../certificates.js'
import { expectNoLeaks } from '../no-leaks.js'
import { ca, forServer } from '../tls-fixtures.js'
import { freePort, runProgram, withDaemon, withDirectory } from './daemon.js'

const installed = '/usr/lib/postgresql'

/** Debian has several versions beside each other, none of them on the path. */
function programs(): string {
  const version = readdirSync(installed).sort((a, b) => Number(b) - Number(a))[0]
  return join(installed, String(version), 'bin')
}

const stream = () => new ClientSocket()

/** What PostgreSQL needs for TLS: it insists that the key is its own, and nobody else's to read. */
function tlsSettings(directory: string): Record<string, string> {
  const { uid, gid } = statSync(directory)
  const write = (name: string, text: string) => {
    const path = join(directory, name)
    writeFileSync(path, text, { mode: 0o600 })
    chownSync(path, uid, gid)
    return path
  }
  return {
    ssl: 'on',
    ssl_cert_file: write('cert.pem', forServer.cert),
    ssl_key_file: write('key.pem', forServer.key),
  }
}

/** It listens before it answers: meanwhile it says that it is starting up. */
async function untilReady(options: pg.ClientConfig): Promise<void> {
  for (;;) {
    const client = new pg.Client(options)
    try {
      await client.connect()
      return
    } catch (error) {
      if ((error as { code?: unknown }).code !== '57P03') throw error
    } finally {
      await client.end()
    }
  }
}

/** A PostgreSQL of its own. */
async function withPostgres(
  body: (options: pg.ClientConfig, directory: string) => Promise<void>,
  moreSettings: (directory: string) => Record<string, string> = () => ({}),
): Promise<void> {
  await withDirectory(async (directory) => {
    const port = await freePort()
    const data = join(directory, 'data')
    const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
    await runProgram(join(programs(), 'initdb'), initdb, directory)
    const here = { port, listen_addresses: '127.0.0.1', unix_socket_directories: directory }
    const settings = { ...here, ...moreSettings(directory) }
    const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
    const command = [join(programs(), 'postgres'), '-D', data, '--fsync=off', ...options] as const
    const where = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
    await withDaemon(command, { port, directory, stopSignal: 'SIGINT' }, async () => {
      await untilReady(where)
      await run(() => body({ ...where, stream }, directory))
    })
  })
}

/** All that a program does with a client: queries, news, a pool, and a connection that is cut. */
async function converses(options: pg.ClientConfig, listenerHost: string): Promise<void> {
  const client = new pg.Client(options)
  await client.connect()
  const { rows } = await client.query('SELECT $1::int + 1 AS sum, $2::text AS text', [1, 'ä'])
  expect(rows).toEqual([{ sum: 2, text: 'ä' }])
  const blob = randomBytes(10 * 1024 * 1024)
  const answer = await client.query<{ blob: Buffer }>('SELECT $1::bytea AS blob', [blob])
  expect(answer.rows[0]!.blob.equals(blob)).toBe(true)
  await expect(client.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' })

  const listener = new pg.Client({ ...options, host: listenerHost })
  await listener.connect()
  await listener.query('LISTEN news')
  const notified = once(listener, 'notification')
  await client.query("NOTIFY news, 'for all'")
  expect((await notified)[0]).toMatchObject({ payload: 'for all' })
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
}

/** What the server says of the connection that asks. */
async function encryption(options: pg.ClientConfig): Promise<unknown> {
  const client = new pg.Client(options)
  await client.connect()
  const own = 'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
  const { rows } = await client.query<Record<string, unknown>>(own)
  await client.end()
  return rows[0]
}

expectNoLeaks()

describe('pg over our sockets', () => {
  it('talks to PostgreSQL', { timeout: 60_000 }, async () => {
    await withPostgres(async (options, directory) => {
      await converses(options, directory)
      const refused = new pg.Client({ ...options, port: 1 })
      await expect(refused.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      const hopeful = new pg.Client({ ...options, ssl: { ca } })
      await expect(hopeful.connect()).rejects.toThrow('does not support SSL')
    })
  })

  it('goes on in TLS, in the middle of the stream', { timeout: 60_000 }, async () => {
    await withPostgres(async (plain) => {
      const options = { ...plain, ssl: { ca } }
      expect(await encryption(plain)).toEqual({ ssl: false, version: null })
      expect(await encryption(options)).toEqual({ ssl: true, version: 'TLSv1.3' })
      await converses(options, '127.0.0.1')

      const stranger = makeCertificate('another authority', { isAuthority: true }).cert
      for (const ssl of [{ ca: stranger }, true]) {
        const client = new pg.Client({ ...plain, ssl })
        const code = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
        await expect(client.connect()).rejects.toMatchObject({ code })
      }
      const elsewhere = new pg.Client({ ...plain, ssl: { ca, servername: 'elsewhere' } })
      const code = 'ERR_TLS_CERT_ALTNAME_INVALID'
      await expect(elsewhere.connect()).rejects.toMatchObject({ code })
    }, tlsSettings)
  })
})
