import { openConnection, sendFile, startServer } from '@tsyncio/streams'
import { createTask, run, until } from '@tsyncio/tasks'
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'

/** Starts asyncio in Python; what it prints is its answer. */
function python(
  script: string,
  ...args: string[]
): ChildProcess & { stdout: NodeJS.ReadableStream } {
  return spawn('python3', ['-c', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

const serverScript = `
import asyncio, sys

async def handle(reader, writer):
    while data := await reader.read(50_000):
        writer.write(data)
        await writer.drain()
    writer.write(b"end")
    writer.write_eof()
    writer.close()
    await writer.wait_closed()
    server.close()

async def main():
    global server
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.wait_closed()

asyncio.run(main())
`

const clientScript = `
import asyncio, hashlib, os, sys

async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    sent = os.urandom(2_000_000)

    async def write():
        for i in range(0, len(sent), 7001):
            writer.write(sent[i : i + 7001])
            await writer.drain()
        writer.write_eof()

    writing = asyncio.create_task(write())
    echoed = await reader.readexactly(len(sent))
    line = await reader.readline()
    rest = await reader.read()
    await writing
    writer.close()
    await writer.wait_closed()
    print(echoed == sent, line, rest)

asyncio.run(main())
`

const hashScript = `
import asyncio, hashlib, sys

async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    digest = hashlib.sha256()
    count = 0
    while data := await reader.read(65_536):
        digest.update(data)
        count += len(data)
        await asyncio.sleep(0)
    writer.close()
    print(count, digest.hexdigest())

asyncio.run(main())
`

/** Runs the body, then lets go of what Node keeps of the child. */
async function withoutLeaks(body: () => Promise<void>): Promise<void> {
  const before = openFdCount()
  await body()
  while (openFdCount() > before) await new Promise((resolve) => setImmediate(resolve))
}

expectNoLeaks()

describe('asyncio of Python', () => {
  it('as a server: bytes, back-pressure and both half-closes', async () => {
    await withoutLeaks(async () => {
      const child = python(serverScript)
      const exit = once(child, 'exit')
      const [port] = (await once(child.stdout, 'data')) as [Buffer]
      await run(function* () {
        const place = { host: '127.0.0.1', port: Number(port) }
        const { reader, writer } = yield* openConnection(place)
        const data = randomBytes(2_000_000)
        const writing = createTask(function* () {
          for (let i = 0; i < data.length; i += 9001) {
            writer.write(data.subarray(i, i + 9001))
            yield* writer.drain()
          }
          writer.writeEof()
        })
        const echoed = yield* reader.readExactly(data.length)
        const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
        yield* writing
        expect(digest(echoed)).toBe(digest(data))
        expect(String(yield* reader.read())).toBe('end')
        writer.close()
        yield* writer.waitClosed()
        expect(yield* until(exit)).toEqual([0, null])
      })
    })
  })

  it('as a client: the same from the other side', async () => {
    await withoutLeaks(async () => {
      await run(async () => {
        await using server = await startServer(
          async (reader, writer) => {
            for (let data; (data = await reader.read(30_000)) !== null;) {
              writer.write(data)
              await writer.drain()
            }
            writer.writeLines(['a line\n', 'the rest'])
            writer.close()
          },
          { host: '127.0.0.1', port: 0 },
        )
        const child = python(clientScript, String(server.port))
        expect(await text(child.stdout)).toBe("True b'a line\\n' b'the rest'\n")
        if (child.exitCode === null) await once(child, 'exit')
        expect(child.exitCode).toBe(0)
      })
    })
  })

  it('gets a file between two writes as it is', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'python-'))
    const path = join(directory, 'file')
    const data = randomBytes(5_000_000)
    writeFileSync(path, data)
    await withoutLeaks(async () => {
      await run(async () => {
        await using server = await startServer(
          async (_reader, writer) => {
            writer.write('before')
            await sendFile(writer, path, { fallback: false })
            writer.write('after')
            writer.close()
          },
          { host: '127.0.0.1', port: 0 },
        )
        const child = python(hashScript, String(server.port))
        const said = await until(text(child.stdout))
        const whole = Buffer.concat([Buffer.from('before'), data, Buffer.from('after')])
        const digest = createHash('sha256').update(whole).digest('hex')
        expect(said.trim()).toBe(`${whole.length} ${digest}`)
        server.close()
      })
    })
    rmSync(directory, { recursive: true })
  })
})
