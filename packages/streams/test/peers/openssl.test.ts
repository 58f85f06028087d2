import {
  asDuplex,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import { run, type Gen } from '@tsyncio/tasks'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

import { makeCertificate } from '../certificates.js'
import { at, authority, ca, forClient, forServer, place } from '../tls-fixtures.js'

const directory = mkdtempSync(join(tmpdir(), 'openssl-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** The path of a file with these contents. */
function file(name: string, contents: string): string {
  const path = join(directory, name)
  writeFileSync(path, contents)
  return path
}

const mine = makeCertificate('a client', { issuer: authority })
const caFile = file('ca.pem', ca)
const certFile = file('cert.pem', forServer.cert)
const keyFile = file('key.pem', forServer.key)
const clientCert = file('client.pem', mine.cert)
const clientKey = file('client-key.pem', mine.key)

/** Runs s_client with what it is to send; gives all that it prints. */
async function sClient(port: number, input: string, ...args: string[]): Promise<string> {
  const target = ['-connect', `127.0.0.1:${port}`, '-CAfile', caFile]
  const child = spawn('openssl', ['s_client', ...target, ...args], { stdio: 'pipe' })
  child.stdin.end(input)
  const [output] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return output
}

/** A handler: gives one line back, then says goodbye. */
function* answer(reader: StreamReader, writer: StreamWriter): Gen<void> {
  const line = yield* reader.readLine()
  if (line !== null) writer.write(line)
  writer.close()
}

describe('openssl s_client', () => {
  it('verifies us, speaks ALPN and SNI, shows its certificate, and hears our goodbye', async () => {
    await run(async () => {
      const shown: unknown[] = []
      await using server = await startServer(
        function* (reader, writer) {
          const { subject } = writer.getExtraInfo('peercert') as { subject: { CN: string } }
          shown.push(subject.CN, writer.getExtraInfo('servername'))
          yield* answer(reader, writer)
        },
        place,
        { tls: { ...forServer, ca, requestCert: true, alpnProtocols: ['b', 'a'] } },
      )
      const certificate = ['-cert', clientCert, '-key', clientKey]
      const names = ['-servername', 'localhost', '-verify_hostname', 'localhost', '-alpn', 'a,b']
      const output = await sClient(server.port, 'hello\n', ...certificate, ...names, '-quiet')
      expect(output).toBe('hello\n')
      const told = await sClient(server.port, 'Q\n', ...certificate, ...names)
      expect(told).toContain('Verify return code: 0 (ok)')
      expect(told).toContain('ALPN protocol: b')
      expect(shown).toEqual(['a client', 'localhost', 'a client', 'localhost'])
    })
  })

  it('resumes its session with TLS 1.2 and 1.3', async () => {
    await run(async () => {
      await using server = await startServer(answer, place, { tls: forServer })
      for (const version of ['-tls1_2', '-tls1_3']) {
        const session = join(directory, `session${version}`)
        const first = await sClient(server.port, 'x\n', version, '-sess_out', session, '-ign_eof')
        expect(first).toContain('New, TLSv1')
        const second = await sClient(server.port, 'Q\n', version, '-sess_in', session)
        expect(second).toContain('Reused, TLSv1')
      }
    })
  })
})

describe('openssl s_server', () => {
  it('verifies us, and we it; its end is our end', async () => {
    const args = ['-accept', '127.0.0.1:0', '-cert', certFile, '-key', keyFile]
    const verify = ['-CAfile', caFile, '-Verify', '1', '-verify_return_error']
    const child = spawn('openssl', ['s_server', ...args, ...verify, '-rev', '-naccept', '1'])
    const exit = once(child, 'exit')
    let output = ''
    while (!/ACCEPT 127\.0\.0\.1:\d+/.test(output)) {
      const [data] = (await once(child.stdout, 'data')) as [Buffer]
      output += String(data)
    }
    const port = Number(/ACCEPT 127\.0\.0\.1:(\d+)/.exec(output)?.[1])
    child.stdout.resume()
    child.stderr.resume()
    await run(async () => {
      const tls = { ...forClient, cert: mine.cert, key: mine.key }
      await using connection = await openConnection(at(port), { tls })
      const { reader, writer } = connection
      writer.write('stressed\n')
      expect(String(await reader.readLine())).toBe('desserts\n')
      writer.close()
      expect(await reader.read()).toBeNull()
    })
    expect(await exit).toEqual([0, null])
  })
})

describe('curl', () => {
  it('talks https to an http.Server on our connections', async () => {
    const web = createServer((request, response) => request.pipe(response))
    await run(async () => {
      await using server = await startServer(
        (reader, writer) => web.emit('connection', asDuplex({ reader, writer })),
        place,
        { tls: { ...forServer, alpnProtocols: ['http/1.1'] } },
      )
      const curl = (...args: string[]) =>
        promisify(execFile)('curl', ['-sS', ...args, `https://localhost:${server.port}/`])
      const body = 'x'.repeat(100_000)
      const trust = ['--cacert', caFile]
      expect((await curl(...trust, '--data', body)).stdout).toBe(body)
      expect((await curl(...trust, '-v', '--data', 'small')).stderr).toContain('http/1.1')
      await expect(curl('--data', body)).rejects.toThrow(/certificate/)
      server.close()
      server.closeClients()
    })
  })
})
