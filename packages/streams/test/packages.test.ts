import {
  asConnection,
  asDuplex,
  asReader,
  asWriter,
  ClientSocket,
  startServer,
  type ConnectionHandler,
} from '@tsyncio/streams'
import { createTask, run, sleep } from '@tsyncio/tasks'
import { serve as serveHono } from './hono-server.js'
import { once } from 'node:events'
import { Agent, createServer, request, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { createGunzip, createGzip } from 'node:zlib'
import { Client, type buildConnector } from 'undici'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { mebibytes10, sha256, until } from './connected.js'
import { expectNoLeaks } from './no-leaks.js'

const host = '127.0.0.1'

async function withServer(
  handler: ConnectionHandler,
  body: (port: number) => Promise<void>,
): Promise<void> {
  await run(async () => {
    await using server = await startServer(handler, { host, port: 0 })
    try {
      await body(server.port)
    } finally {
      server.close()
      server.abortClients()
    }
  })
}

const withWeb = (listener: RequestListener, body: (port: number) => Promise<void>) => {
  const web = createServer(listener)
  return withServer(
    (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
    body,
  )
}

async function everything(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** An agent of Node's whose sockets are ours. */
class OurAgent extends Agent {
  readonly made: ClientSocket[] = []

  override createConnection({ port }: { port?: number | string | null | undefined }): ClientSocket {
    const socket = new ClientSocket().connect({ host, port: Number(port) })
    this.made.push(socket)
    return socket
  }
}

const echo: RequestListener = (incoming, response) => void incoming.pipe(response)

expectNoLeaks()

describe('http.request over our sockets', () => {
  it('posts 10 MiB and gets it back', async () => {
    await withWeb(echo, async (port) => {
      const createConnection = () => new ClientSocket().connect(port, host) as never as Socket
      const post = request({ method: 'POST', createConnection })
      const answer = once(post, 'response').then(([response]) => everything(response))
      await pipeline(Readable.from([mebibytes10]), post)
      expect(sha256(await answer)).toBe(sha256(mebibytes10))
    })
  })

  it('keeps its sockets alive in an agent, which has many at once', async () => {
    await withWeb(
      (incoming, response) => void response.end(`${incoming.url} ${incoming.socket.remotePort}`),
      async (port) => {
        const agent = new OurAgent({ keepAlive: true, maxSockets: 4, timeout: 5000 })
        const get = async (path: string) => {
          const call = request({ agent, port, path }).end()
          const [response] = await once(call, 'response')
          return String(await everything(response))
        }
        const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => get(`/${i}`)))
        expect(answers.map((answer) => answer.split(' ')[0])).toEqual(
          Array.from({ length: 40 }, (_, i) => `/${i}`),
        )
        expect(agent.made.length).toBe(4)
        const ports = new Set(answers.map((answer) => Number(answer.split(' ')[1])))
        expect(ports).toEqual(new Set(agent.made.map(({ localPort }) => localPort)))
        agent.destroy()
        await until(() => agent.made.every(({ closed }) => closed))
      },
    )
  })

  it('times out, and is told of a server that resets', async () => {
    let requests = 0
    await withWeb(
      (incoming) => void (requests++ === 0 || incoming.socket.destroy()),
      async (port) => {
        const agent = new OurAgent()
        const silent = request({ agent, port, timeout: 20 }).end()
        await once(silent, 'timeout')
        silent.destroy()
        await expect(once(silent, 'response')).rejects.toMatchObject({ code: 'ECONNRESET' })
        const cut = request({ agent, port }).end()
        await expect(once(cut, 'response')).rejects.toMatchObject({ code: 'ECONNRESET' })
        const refused = request({ agent, port: 1 }).end()
        await expect(once(refused, 'response')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
        await until(() => agent.made.every(({ closed }) => closed))
      },
    )
  })

  it('upgrades, which hands the socket over', async () => {
    const web = createServer()
    web.on('upgrade', (_incoming, socket) => {
      socket.write('HTTP/1.1 101 Switching\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
      socket.pipe(socket)
    })
    await withServer(
      (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const headers = { Connection: 'Upgrade', Upgrade: 'echo' }
        const call = request({ agent: new OurAgent(), port, headers }).end()
        const [, socket] = await once(call, 'upgrade')
        socket.end(mebibytes10)
        expect(sha256(await everything(socket))).toBe(sha256(mebibytes10))
      },
    )
  })

  it('closes connections that are idle for too long', async () => {
    const web = createServer({ keepAliveTimeout: 20 }, (_incoming, response) => void response.end())
    await withServer(
      (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const agent = new OurAgent({ keepAlive: true })
        const [response] = await once(request({ agent, port }).end(), 'response')
        response.resume()
        await until(() => agent.made[0]!.closed)
        expect(agent.made.length).toBe(1)
      },
    )
  })
})

describe('a request and a response of http', () => {
  it('are a reader and a writer', async () => {
    const listener: RequestListener = (incoming, response) => {
      void createTask(function* () {
        const reader = asReader(incoming)
        const writer = asWriter(response)
        for (let line; (line = yield* reader.readLine()) !== null;) {
          writer.write(String(line).toUpperCase())
          yield* writer.drain()
        }
        writer.close()
        yield* writer.waitClosed()
      })
    }
    await withWeb(listener, async (port) => {
      const headers = { connection: 'close' }
      const url = `http://${host}:${port}/`
      const response = await fetch(url, { headers, method: 'POST', body: 'one\ntwo' })
      expect(String(await asReader(response.body!).readLine())).toBe('ONE\n')
      const body = 'line\n'.repeat(200_000)
      const long = await fetch(url, { headers, method: 'POST', body })
      expect(await long.text()).toBe(body.toUpperCase())
    })
  })
})

describe('node:tls over our sockets', () => {
  const key = Buffer.alloc(32, 7)
  const options = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const
  const secrets = { pskCallback: () => ({ psk: key, identity: 'us' }) }
  const secure = createTlsServer({ ...options, pskCallback: () => key }, (socket) =>
    socket.pipe(socket),
  )

  it('carries 10 MiB, and its sockets become connections', async () => {
    await withServer(
      (reader, writer) => void secure.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const socket = new ClientSocket({ allowHalfOpen: true }).connect(port, host)
        const checkServerIdentity = () => undefined
        const tls = connectTls({ ...options, ...secrets, socket, checkServerIdentity })
        const { reader, writer } = asConnection(tls)
        const write = async () => {
          for (let at = 0; at < mebibytes10.length; at += 65_536) {
            writer.write(mebibytes10.subarray(at, at + 65_536))
            await writer.drain()
          }
        }
        const [received] = await Promise.all([reader.readExactly(mebibytes10.length), write()])
        expect(sha256(received)).toBe(sha256(mebibytes10))
        writer.close()
        await writer.waitClosed()
        await until(() => socket.closed)
      },
    )
  })
})

describe('ws over our sockets', () => {
  it('carries messages both ways, small and large, and closes politely', async () => {
    const web = createServer()
    const webSockets = new WebSocketServer({ server: web, perMessageDeflate: true })
    const codes: number[] = []
    webSockets.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
      socket.on('close', (code) => codes.push(code))
    })
    await withServer(
      (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const created: ClientSocket[] = []
        const client = new WebSocket(`ws://${host}:${port}/`, {
          createConnection: () => {
            created.push(new ClientSocket().connect(port, host))
            return created[0] as never as Socket
          },
        })
        await once(client, 'open')
        client.send('hello')
        const [hello, isBinary] = await once(client, 'message')
        expect([String(hello), isBinary]).toEqual(['hello', false])
        client.send(mebibytes10)
        expect(sha256((await once(client, 'message'))[0])).toBe(sha256(mebibytes10))
        client.ping()
        await once(client, 'pong')
        client.close(4321)
        expect((await once(client, 'close'))[0]).toBe(4321)
        await until(() => codes.length === 1 && created[0]!.closed)
        expect(codes).toEqual([4321])
      },
    )
    webSockets.close()
  })

  it('notices a peer that is gone', async () => {
    const web = createServer()
    const webSockets = new WebSocketServer({ server: web })
    const codes: number[] = []
    webSockets.on('connection', (socket) => socket.on('close', (code) => codes.push(code)))
    await withServer(
      (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const client = new WebSocket(`ws://${host}:${port}/`, {
          createConnection: () => new ClientSocket().connect(port, host) as never as Socket,
        })
        await once(client, 'open')
        client.terminate()
        await until(() => codes.length === 1)
        expect(codes).toEqual([1006])
      },
    )
    webSockets.close()
  })
})

describe('undici over our sockets', () => {
  const connect: buildConnector.connector = ({ port }, callback) => {
    const socket = new ClientSocket().connect({ host, port: Number(port) })
    socket.once('connect', () => callback(null, socket as never))
    socket.once('error', (error) => callback(error, null))
  }

  it('posts, keeps alive and pipelines', async () => {
    await withWeb(echo, async (port) => {
      const client = new Client(`http://${host}:${port}`, { connect, pipelining: 4 })
      const post = async (body: string | Buffer) => {
        const response = await client.request({ path: '/', method: 'POST', body })
        return Buffer.from(await response.body.arrayBuffer())
      }
      expect(sha256(await post(mebibytes10))).toBe(sha256(mebibytes10))
      const texts = Array.from({ length: 40 }, (_, i) => `body ${i}`)
      expect((await Promise.all(texts.map(post))).map(String)).toEqual(texts)
      await client.close()
    })
  })

  it('tells why it cannot connect, and of an end that comes too early', async () => {
    const refused = new Client(`http://${host}:1`, { connect })
    await run(async () => {
      const failing = refused.request({ path: '/', method: 'GET' })
      await expect(failing).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await refused.destroy()
    })
    await withWeb(
      (incoming) => void incoming.socket.destroy(),
      async (port) => {
        const client = new Client(`http://${host}:${port}`, { connect })
        const failing = client.request({ path: '/', method: 'GET' })
        await expect(failing).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
        await client.destroy()
      },
    )
  })
})

describe('hono over our sockets', () => {
  it('answers, streams, and knows who asks', async () => {
    const web = serveHono()
    await withServer(
      (reader, writer) => void web.emit('connection', asDuplex({ reader, writer })),
      async (port) => {
        const get = async (path: string, init?: RequestInit) => {
          const headers = { connection: 'close' }
          return (await fetch(`http://${host}:${port}${path}`, { headers, ...init })).text()
        }
        expect(await get('/hello/hono')).toBe('hello, hono')
        expect(await get('/who')).toBe(host)
        expect(await get('/stream')).toBe('0 1 2 3 4 ')
        expect(await get('/length', { method: 'POST', body: mebibytes10 })).toBe('10485760')
        expect(await get('/nowhere')).toBe('404 Not Found')
        await sleep(0)
      },
    )
  })
})

describe('Node’s own streams across our sockets', () => {
  it('compress on one side and decompress on the other', async () => {
    await withServer(
      (reader, writer) => {
        const duplex = asDuplex({ reader, writer })
        void pipeline(duplex, createGunzip(), createGzip({ level: 1 }), duplex)
      },
      async (port) => {
        const socket = new ClientSocket().connect(port, host)
        const [, answer] = await Promise.all([
          pipeline(Readable.from([mebibytes10]), createGzip({ level: 1 }), socket, { end: true }),
          everything(socket.pipe(createGunzip())),
        ])
        expect(sha256(answer)).toBe(sha256(mebibytes10))
      },
    )
  })

  it('fail on both sides when one of them fails', async () => {
    const ends: (Error | undefined)[] = []
    await withServer(
      (reader, writer) => {
        const duplex = asDuplex({ reader, writer })
        pipeline(duplex, createGunzip(), duplex).catch((error: Error) => ends.push(error))
      },
      async (port) => {
        const socket = new ClientSocket().connect(port, host)
        socket.write('this is not gzip')
        await once(socket.resume(), 'close').catch(() => undefined)
        await until(() => ends.length === 1)
        expect(ends[0]).toMatchObject({ code: 'Z_DATA_ERROR' })
      },
    )
  })
})
