import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import {
  Connection,
  createSubprocessExec,
  run,
  startServer,
  type StreamReader,
  type StreamWriter,
} from 'tsyncio'

const directory = mkdtempSync(join(tmpdir(), 'tsyncio-peers-'))
afterAll(() => rmSync(directory, { recursive: true }))

const local = { host: '127.0.0.1', port: 0 }

async function shout(reader: StreamReader, writer: StreamWriter) {
  for await (const line of reader) {
    writer.write(String(line).toUpperCase())
    await writer.drain()
  }
  writer.close()
}

/** What a program prints, given the input. */
async function output(program: string, args: string[], input?: string): Promise<string> {
  const child = await createSubprocessExec(program, args, { stdin: 'pipe', stdout: 'pipe' })
  const [stdout] = await child.communicate(input)
  expect(child.returncode).toBe(0)
  return String(stdout)
}

const asyncioClient = `
import asyncio, sys
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    writer.write(b"one\\ntwo\\n")
    writer.write_eof()
    print((await reader.read()).decode(), end="")
asyncio.run(main())
`

describe('a server of streams', () => {
  it('talks to a client of asyncio', async () => {
    const said = await run(async () => {
      await using server = await startServer(shout, local)
      return await output('python3', ['-c', asyncioClient, String(server.port)])
    })
    expect(said).toBe('ONE\nTWO\n')
  })

  it('sees the end that nc sends, and answers after it', async () => {
    const said = await run(async () => {
      await using server = await startServer(shout, local)
      return await output('nc', ['-N', '127.0.0.1', String(server.port)], 'hello\n')
    })
    expect(said).toBe('HELLO\n')
  })

  it('is reached by socat at a Unix socket', async () => {
    const path = join(directory, 'shout.sock')
    const said = await run(async () => {
      await using _server = await startServer(shout, { path })
      return await output('socat', ['-t10', '-', `UNIX-CONNECT:${path}`], 'hello\n')
    })
    expect(said).toBe('HELLO\n')
  })

  it("serves curl through Node's own HTTP server", async () => {
    const http = createServer((request, response) => response.end(`you asked for ${request.url}`))
    const said = await run(async () => {
      const handler = (reader: StreamReader, writer: StreamWriter) => {
        http.emit('connection', new Connection(reader, writer).asDuplex())
      }
      await using server = await startServer(handler, local)
      return await output('curl', [
        '-s',
        '--max-time',
        '20',
        `http://127.0.0.1:${server.port}/here`,
      ])
    })
    expect(said).toBe('you asked for /here')
  })
})
