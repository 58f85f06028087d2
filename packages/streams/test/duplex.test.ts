import { asDuplex, openConnection, startServer, type ConnectionDuplex } from '@tsyncio/streams'
import { run, runBlocking, sleep } from '@tsyncio/tasks'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'

const place = { host: '127.0.0.1', port: 0 }

/** Everything up to the end; unlike a loop over the stream, this does not destroy it. */
async function buffer(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  if (!stream.readableEnded) await once(stream, 'end')
  return Buffer.concat(chunks)
}

/** Both ends of a connection as Node's streams; closed when the body is done. */
async function withDuplexes(
  body: (client: ConnectionDuplex, peer: ConnectionDuplex) => Promise<void>,
): Promise<void> {
  await run(async () => {
    const accepted: ConnectionDuplex[] = []
    await using server = await startServer(
      (reader, writer) => accepted.push(asDuplex({ reader, writer })),
      place,
    )
    const connection = await openConnection({ ...place, port: server.port })
    const client = connection.asDuplex()
    while (accepted.length === 0) await sleep(0)
    const [peer] = accepted as [ConnectionDuplex]
    try {
      await body(client, peer)
    } finally {
      client.destroy()
      peer.destroy()
      server.close()
      await server.waitClosed()
      await connection[Symbol.asyncDispose]()
    }
  })
}

/** An http.Server on our transport, called with its URL. */
async function withWeb(
  listener: RequestListener,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const web = createServer(listener)
  const before = openFdCount()
  await run(async () => {
    await using server = await startServer(
      (reader, writer) => web.emit('connection', asDuplex({ reader, writer })),
      place,
    )
    try {
      await body(`http://127.0.0.1:${server.port}`)
    } finally {
      web.closeAllConnections()
      server.close()
      server.abortClients()
    }
  })
  // The clients are Node's own: they notice in their own time.
  while (openFdCount() > before) await setImmediate()
}

expectNoLeaks()

describe('a connection as a Duplex', () => {
  it('carries any bytes both ways, piped and compressed', async () => {
    await withDuplexes(async (client, peer) => {
      const data = randomBytes(3_000_000)
      const [, , received] = await Promise.all([
        pipeline(peer, createGunzip(), createGzip(), peer),
        pipeline(Readable.from([data]), createGzip(), client),
        buffer(client.pipe(createGunzip())),
      ])
      expect(received.equals(data)).toBe(true)
    })
  })

  it('slows a writer down for a slow reader', async () => {
    await withDuplexes(async (client, peer) => {
      const chunk = Buffer.alloc(65_536)
      let written = 0
      for (let isFlowing = true; isFlowing;) {
        written += chunk.length
        if (client.write(chunk)) continue
        const drained = once(client, 'drain')
        await Promise.race([drained, sleep(50)])
        isFlowing = !client.writableNeedDrain
      }
      expect(written).toBeLessThan(40_000_000)
      client.end()
      expect((await buffer(peer)).length).toBe(written)
    })
  })

  it('is half-closed by end(), in either direction', async () => {
    await withDuplexes(async (client, peer) => {
      client.end('question')
      expect(String(await buffer(peer))).toBe('question')
      peer.end('answer')
      expect(String(await buffer(client))).toBe('answer')
      if (!client.closed) await once(client, 'close')
      if (!peer.closed) await once(peer, 'close')
      expect([client.destroyed, peer.destroyed]).toEqual([true, true])
    })
  })

  it('loses nothing that was written before end()', async () => {
    await withDuplexes(async (client, peer) => {
      const data = randomBytes(6_000_000)
      client.end(data)
      peer.end()
      client.resume()
      const received = await buffer(peer)
      expect(received.equals(data)).toBe(true)
    })
  })

  it('ends the connection when it is destroyed', async () => {
    await withDuplexes(async (client, peer) => {
      peer.resume()
      client.destroy()
      await once(client, 'close')
      if (!peer.readableEnded) await once(peer, 'end')
      expect(peer.readableEnded).toBe(true)
    })
  })

  it('tells a destruction with an error as a stream does', async () => {
    await withDuplexes(async (client) => {
      const failure = new Error('enough')
      client.destroy(failure)
      const [error] = await once(client, 'error')
      expect(error).toBe(failure)
    })
  })

  it('fails as the connection fails', async () => {
    await withDuplexes(async (client, peer) => {
      client.write('unread')
      while (peer.readableLength === 0) {
        peer.read(0)
        await sleep(0)
      }
      peer.destroy()
      const failed = once(client, 'error')
      const writing = setInterval(() => client.write('x'), 1)
      const [error] = await failed
      clearInterval(writing)
      expect(['EPIPE', 'ECONNRESET']).toContain(error.code)
      expect(client.destroyed).toBe(true)
    })
  })

  it('begins with what the reader has and nobody read', async () => {
    await run(async () => {
      await using server = await startServer((_reader, writer) => {
        writer.write('head\nbody')
        writer.close()
      }, place)
      const connection = await openConnection({ ...place, port: server.port })
      expect(String(await connection.reader.readLine())).toBe('head\n')
      const duplex = connection.asDuplex()
      expect(String(await buffer(duplex))).toBe('body')
      duplex.end()
      await connection.writer.waitClosed()
    })
  })

  it('knows both addresses, and when it is idle', async () => {
    await withDuplexes(async (client, peer) => {
      expect(client.remoteAddress).toBe('127.0.0.1')
      expect(client.remoteFamily).toBe('IPv4')
      expect(client.remotePort).toBe(peer.localPort)
      expect(client.localPort).toBe(peer.remotePort)
      client.setNoDelay().setKeepAlive(true)
      let timeouts = 0
      client.setTimeout(5, () => timeouts++)
      while (timeouts === 0) await sleep(1)
      expect(timeouts).toBe(1)
    })
  })

  it('cannot live where Node’s loop stands still', () => {
    expect(() =>
      runBlocking(function* () {
        const server = yield* startServer((_reader, writer) => writer.close(), place)
        const connection = yield* openConnection({ ...place, port: server.port })
        try {
          connection.asDuplex()
        } finally {
          yield* connection[Symbol.asyncDispose]()
          yield* server[Symbol.asyncDispose]()
        }
      }),
    ).toThrow(TypeError)
  })
})

describe('http.Server on our connections', () => {
  it('answers fetch', async () => {
    await withWeb(
      (request, response) => {
        response.setHeader('x-path', request.url!)
        request.pipe(response)
      },
      async (url) => {
        const body = randomBytes(500_000)
        const response = await fetch(`${url}/echo`, { method: 'POST', body })
        expect(response.headers.get('x-path')).toBe('/echo')
        expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
      },
    )
  })

  it('keeps connections alive, and answers many at once', async () => {
    await withWeb(
      (request, response) => void response.end(`${request.socket.remotePort} ${request.url}`),
      async (url) => {
        const answers = await Promise.all(
          Array.from({ length: 40 }, async (_, i) => (await fetch(`${url}/${i}`)).text()),
        )
        expect(answers.map((answer) => answer.split(' ')[1])).toEqual(
          Array.from({ length: 40 }, (_, i) => `/${i}`),
        )
      },
    )
  })

  it('streams to node:http, and hears when the client goes away', async () => {
    let closed = 0
    await withWeb(
      (_request, response) => {
        response.on('close', () => closed++)
        const endless = new Readable({ read: () => void endless.push(Buffer.alloc(10_000)) })
        endless.pipe(response)
      },
      async (url) => {
        const request = get(url)
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        let received = 0
        const sink = new Writable({
          write(chunk: Buffer, _encoding, done) {
            received += chunk.length
            if (received > 1_000_000) request.destroy()
            done()
          },
        })
        await expect(pipeline(response, sink)).rejects.toThrow()
        while (closed === 0) await sleep(1)
        expect(closed).toBe(1)
      },
    )
  })
})
