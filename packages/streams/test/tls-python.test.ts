import { openConnection, startServer, type StreamWriter } from '@tsyncio/streams'
import { createTask, run, until, type Gen } from '@tsyncio/tasks'
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'

import { makeCertificate } from './certificates.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { at, authority, ca, forClient, forServer, place } from './tls-fixtures.js'

const directory = mkdtempSync(join(tmpdir(), 'tls-'))
afterAll(() => rmSync(directory, { recursive: true }))

const mine = makeCertificate('a client', { issuer: authority })
const files = {
  ca: join(directory, 'ca.pem'),
  server: join(directory, 'server.pem'),
  client: join(directory, 'client.pem'),
}
writeFileSync(files.ca, ca)
writeFileSync(files.server, forServer.cert + forServer.key)
writeFileSync(files.client, mine.cert + mine.key)

/** Starts asyncio in Python; what it prints is its answer. */
function python(
  script: string,
  ...args: (string | number)[]
): ChildProcess & { stdout: NodeJS.ReadableStream } {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  return spawn('python3', ['-c', script, ...args.map(String)], { stdio })
}

/** Runs the body, then lets go of what Node keeps of the child. */
async function withoutLeaks(body: () => Gen<void>): Promise<void> {
  const before = openFdCount()
  await run(body)
  while (openFdCount() > before) await new Promise((resolve) => setImmediate(resolve))
}

const echoServer = `
import asyncio, ssl, sys

ca, server_file, starttls = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(server_file)
context.load_verify_locations(ca)
context.verify_mode = ssl.CERT_OPTIONAL
context.set_alpn_protocols(["b", "a"])

async def handle(reader, writer):
    if starttls == "yes":
        assert await reader.readline() == b"STARTTLS\\n"
        writer.write(b"go ahead\\n")
        await writer.drain()
        await writer.start_tls(context)
    tls = writer.get_extra_info("ssl_object")
    subject = (tls.getpeercert() or {}).get("subject", ())
    writer.write(f"{tls.selected_alpn_protocol()} {dict(x[0] for x in subject)}\\n".encode())
    while data := await reader.read(50_000):
        writer.write(data)
        await writer.drain()
    writer.close()
    try:
        await writer.wait_closed()
    finally:
        server.close()

async def main():
    global server
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context if starttls == "no" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.wait_closed()

asyncio.run(main())
`

const client = `
import asyncio, os, ssl, sys

port, ca, client_file = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(client_file)
context.set_alpn_protocols(["a", "b"])

async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port), ssl=context)
    sent = os.urandom(2_000_000)

    async def write():
        for i in range(0, len(sent), 7001):
            writer.write(sent[i : i + 7001])
            await writer.drain()

    writing = asyncio.create_task(write())
    echoed = await reader.readexactly(len(sent))
    await writing
    writer.write(b"!")
    rest = await reader.read()
    tls = writer.get_extra_info("ssl_object")
    writer.close()
    await writer.wait_closed()
    print(echoed == sent, rest, tls.version(), tls.selected_alpn_protocol())

asyncio.run(main())
`

const refused = `
import asyncio, ssl, sys

async def attempt(context, name):
    try:
        await asyncio.open_connection("127.0.0.1", int(sys.argv[1]), ssl=context, server_hostname=name)
    except ssl.SSLCertVerificationError as error:
        print(error.verify_message.split(",")[0])

async def main():
    await attempt(ssl.create_default_context(), "localhost")
    await attempt(ssl.create_default_context(cafile=sys.argv[2]), "other.test")

asyncio.run(main())
`

function* exchange(child: ReturnType<typeof python>, starttls: boolean): Gen<string> {
  const exit = once(child, 'exit')
  const [port] = (yield* until(once(child.stdout, 'data'))) as [Buffer]
  const tls = {
    ...forClient,
    serverName: 'localhost',
    cert: mine.cert,
    key: mine.key,
    alpnProtocols: ['a', 'b'],
  }
  const where = at(Number(port))
  const { reader, writer } = yield* openConnection(where, starttls ? {} : { tls })
  if (starttls) {
    writer.write('STARTTLS\n')
    expect(String(yield* reader.readLine())).toBe('go ahead\n')
    yield* writer.startTls(tls)
  }
  const greeting = String(yield* reader.readLine()).trim()
  const data = randomBytes(2_000_000)
  const writing = createTask(function* () {
    for (let i = 0; i < data.length; i += 9001) {
      writer.write(data.subarray(i, i + 9001))
      yield* writer.drain()
    }
  })
  expect((yield* reader.readExactly(data.length)).equals(data)).toBe(true)
  yield* writing
  writer.close()
  yield* writer.waitClosed()
  expect(yield* until(exit)).toEqual([0, null])
  return greeting
}

expectNoLeaks()

describe('asyncio of Python, inside TLS', () => {
  for (const starttls of [false, true]) {
    it(`as a server${starttls ? ' that starts TLS later' : ''}: names, bytes, the end`, async () => {
      await withoutLeaks(function* () {
        const child = python(echoServer, files.ca, files.server, starttls ? 'yes' : 'no')
        expect(yield* exchange(child, starttls)).toBe("b {'commonName': 'a client'}")
      })
    })
  }

  it('as a client: the same from the other side', async () => {
    await withoutLeaks(function* () {
      const shown: unknown[] = []
      const server = yield* startServer(
        function* (reader, writer) {
          shown.push((writer.getExtraInfo('peercert') as { subject: unknown }).subject)
          for (let data; (data = yield* reader.read(30_000)) !== null;) {
            const isLast = data.at(-1) === 0x21 && data.length === 1
            writer.write(isLast ? 'the rest' : data)
            yield* writer.drain()
            if (isLast) writer.close()
          }
        },
        place,
        { tls: { ...forServer, ca, requestCert: true, alpnProtocols: ['b', 'a'] } },
      )
      const child = python(client, server.port, files.ca, files.client)
      const exit = once(child, 'exit')
      expect(yield* until(text(child.stdout))).toBe("True b'the rest' TLSv1.3 b\n")
      expect(yield* until(exit)).toEqual([0, null])
      expect(shown).toMatchObject([{ CN: 'a client' }])
      server.close()
      yield* server.waitClosed()
    })
  })

  it('as a client that does not trust us: it says why, and we serve the next', async () => {
    await withoutLeaks(function* () {
      const greet = (_reader: unknown, writer: StreamWriter) => writer.write('hello\n')
      const server = yield* startServer(greet, place, { tls: forServer })
      const child = python(refused, server.port, files.ca)
      const exit = once(child, 'exit')
      expect((yield* until(text(child.stdout))).split('\n')).toEqual([
        'unable to get local issuer certificate',
        'Hostname mismatch',
        '',
      ])
      yield* until(exit)
      const next = yield* openConnection(at(server.port), { tls: forClient })
      expect(String(yield* next.reader.readLine())).toBe('hello\n')
      server.close()
      server.closeClients()
      expect(yield* next.reader.read()).toBeNull()
      yield* next.writer.waitClosed()
      yield* server.waitClosed()
    })
  })
})
