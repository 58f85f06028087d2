import {
  asReadable,
  asWritable,
  ClientSocket,
  ConnectionDuplex,
  createServer,
  openReadPipe,
  openWritePipe,
  startServer,
  type Server,
} from '@tsyncio/streams'
import { getEventLoop } from '@tsyncio/loop'
import { IPPROTO_TCP, O_CLOEXEC, pipe2, SO_KEEPALIVE, SOL_SOCKET } from '@tsyncio/syscalls'
import { TCP_KEEPIDLE, TCP_NODELAY } from '@tsyncio/syscalls'
import { run, sleep } from '@tsyncio/tasks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { mebibytes10, sha256, until, withConnected } from './connected.js'
import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { resetSocket } from './pairs.js'

const host = '127.0.0.1'

/** An echo server, for clients that connect by themselves. */
async function withEcho(body: (server: Server) => Promise<void>, path?: string): Promise<void> {
  await run(async () => {
    await using server = await startServer(
      async (reader, writer) => {
        for (let data; (data = await reader.read(65_536)) !== null;) {
          writer.write(data)
          await writer.drain()
        }
        writer.close()
      },
      path === undefined ? { host, port: 0 } : { path },
    )
    try {
      await body(server)
    } finally {
      server.close()
      server.abortClients()
    }
  })
}

function openPipe() {
  const ends = new Int32Array(2)
  expect(pipe2(ends, O_CLOEXEC)).toBe(0)
  const [from, to] = ends as unknown as [number, number]
  return { reader: openReadPipe(from).reader, writer: openWritePipe(to) }
}

async function everything(stream: Readable): Promise<Buffer> {
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

expectNoLeaks()

describe('a connection in place of a net.Socket', () => {
  it('counts bytes, and keeps its addresses after the end', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      expect(duplex).toMatchObject({ connecting: false, pending: false, readyState: 'open' })
      const { localPort, remotePort } = duplex
      expect(duplex.address()).toEqual({ address: host, family: 'IPv4', port: localPort })
      duplex.write('four')
      expect(duplex.bytesWritten).toBe(4)
      peer.writer.write('seven77')
      expect(String(await once(duplex, 'data'))).toBe('seven77')
      expect(duplex.bytesRead).toBe(7)
      duplex.end()
      expect(duplex.readyState).toBe('readOnly')
      peer.writer.close()
      await once(duplex, 'close')
      expect(duplex).toMatchObject({
        remoteAddress: host,
        remoteFamily: 'IPv4',
        remotePort,
        localAddress: host,
        localFamily: 'IPv4',
        localPort,
        readyState: 'closed',
        bytesWritten: 4,
      })
      expect(duplex.setNoDelay().setKeepAlive()).toBe(duplex)
    })
  })

  it('sets the options of its socket', async () => {
    await withConnected(async (client) => {
      const { transport } = client.writer
      const socket = transport.getExtraInfo('socket') as {
        getsockopt(level: number, name: number): number
      }
      const duplex = client.asDuplex()
      duplex.setNoDelay(false).setKeepAlive(true, 7000)
      expect(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(0)
      expect(socket.getsockopt(SOL_SOCKET, SO_KEEPALIVE)).toBe(1)
      expect(socket.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE)).toBe(7)
      duplex.setNoDelay().setKeepAlive(false)
      expect(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)).toBe(1)
      expect(socket.getsockopt(SOL_SOCKET, SO_KEEPALIVE)).toBe(0)
    })
  })

  it('tells once that it is idle, never early, and again after something was read', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      const loop = getEventLoop()
      const timeouts: number[] = []
      duplex.resume().on('timeout', () => timeouts.push(loop.time()))
      let activeAt = loop.time()
      duplex.setTimeout(20)
      expect(duplex.timeout).toBe(20)
      await until(() => timeouts.length === 1)
      expect(timeouts[0]! - activeAt).toBeGreaterThanOrEqual(20)
      await sleep(50)
      expect(timeouts.length).toBe(1)
      activeAt = loop.time()
      peer.writer.write('x')
      await until(() => timeouts.length === 2)
      expect(timeouts[1]! - activeAt).toBeGreaterThanOrEqual(20)
      const removed = () => timeouts.push(NaN)
      duplex.setTimeout(1, removed).setTimeout(0, removed)
      await sleep(20)
      expect(timeouts.length).toBe(2)
      expect(() => duplex.setTimeout('1' as unknown as number)).toThrow(TypeError)
      expect(() => duplex.setTimeout(-1)).toThrow(RangeError)
    })
  })

  it('is not idle while something comes', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      const loop = getEventLoop()
      let sentAt = loop.time()
      let activeAt = sentAt
      duplex.on('data', () => (activeAt = sentAt))
      let silence = Infinity
      duplex.setTimeout(20, () => (silence = loop.time() - activeAt))
      for (let i = 0; i < 10; i++) {
        sentAt = loop.time()
        peer.writer.write('x')
        await once(duplex, 'data')
        await sleep(5)
      }
      await until(() => silence !== Infinity)
      expect(silence).toBeGreaterThanOrEqual(20)
    })
  })

  it('lets a drain go on that waited when it was handed over', async () => {
    await withConnected(async (client, peer) => {
      client.writer.write(mebibytes10)
      const draining = client.writer.drain().then(() => 'drained')
      const duplex = client.asDuplex()
      duplex.end('and more')
      const received = await peer.reader.readExactly(mebibytes10.length + 8)
      expect(await draining).toBe('drained')
      expect(sha256(received.subarray(0, -8))).toBe(sha256(mebibytes10))
      expect(String(received.subarray(-8))).toBe('and more')
    })
  })

  it('sends everything before destroySoon() destroys it', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      duplex.write(mebibytes10)
      duplex.destroySoon()
      expect(sha256((await peer.reader.read())!)).toBe(sha256(mebibytes10))
      await until(() => duplex.destroyed)
      expect(duplex.destroyed).toBe(true)
    })
  })

  it('fails a write that cannot be sent', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      const failed = once(duplex, 'error')
      duplex.write('unread')
      await peer.reader.readExactly(1)
      peer.writer.transport.abort()
      await peer.writer.waitClosed()
      const outcomes: (Error | null | undefined)[] = []
      const write = () =>
        duplex.write('x', (error) => void (outcomes.push(error), error ?? write()))
      write()
      const [error] = await failed
      expect(['EPIPE', 'ECONNRESET']).toContain(error.code)
      expect(outcomes.at(-1)).toBe(error)
    })
  })

  it('ends well after a reset, of which the reading tells behind the last words', async () => {
    await withConnected(async (client, peer) => {
      const duplex = client.asDuplex()
      const failed = once(duplex, 'error')
      peer.writer.write('last words')
      resetSocket(peer)
      await peer.writer[Symbol.asyncDispose]()
      duplex.end()
      await once(duplex, 'finish')
      let received = ''
      duplex.on('data', (chunk) => (received += String(chunk)))
      expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
      expect(received).toBe('last words')
    })
  })

  it('can be read to the end after the connection was closed below it', async () => {
    await withConnected(async (client, peer) => {
      peer.writer.write('all of it')
      peer.writer.close()
      await until(() => client.reader.transport !== undefined && peer.writer.isClosing())
      const duplex = client.asDuplex()
      duplex.read(0)
      await until(() => duplex.readableLength === 9)
      duplex.read(0)
      await sleep(20)
      client.writer.close()
      await client.writer.waitClosed()
      expect(duplex.destroyed).toBe(false)
      expect(String(await everything(duplex))).toBe('all of it')
      await until(() => duplex.closed)
    })
  })

  it('does not keep the process when it is unref’d', async () => {
    const code = `
      import { asDuplex, ClientSocket, startServer } from '@tsyncio/streams'
      const accept = (reader, writer) => void asDuplex({ reader, writer }).unref().resume()
      const server = await startServer(accept, { host: '127.0.0.1', port: 0 })
      const socket = new ClientSocket().connect(server.port, '127.0.0.1').unref()
      socket.on('data', () => {}).on('connect', () => {
        console.log('connected')
        server.close()
      })
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'close')
    expect(String(await everything(child.stdout))).toBe('connected\n')
    expect(await exited).toEqual([0, null])
  })

  it('is made by a server without a reader or a writer', async () => {
    await run(async () => {
      const loop = getEventLoop()
      await using server = await createServer(
        () => {
          const duplex = new ConnectionDuplex(loop)
          return duplex.pipe(duplex)
        },
        { host, port: 0 },
      )
      const socket = new ClientSocket().connect(server.port, host)
      socket.end('echo')
      expect(String(await everything(socket))).toBe('echo')
    })
  })
})

describe('a pipe as one of Node’s streams', () => {
  it('carries 10 MiB through gzip', async () => {
    await run(async () => {
      const { reader, writer } = openPipe()
      const [received] = await Promise.all([
        everything(asReadable(reader).pipe(createGunzip())),
        pipeline(Readable.from([mebibytes10]), createGzip({ level: 1 }), asWritable(writer)),
      ])
      expect(sha256(received)).toBe(sha256(mebibytes10))
    })
  })

  it('gives all of a slow read after the writer has gone', async () => {
    await run(async () => {
      const { reader, writer } = openPipe()
      writer.write('a'.repeat(50_000))
      writer.close()
      const readable = asReadable(reader)
      readable.read(0)
      await until(() => readable.readableLength === 50_000)
      await sleep(10)
      expect((await everything(readable)).length).toBe(50_000)
    })
  })

  it('is closed by its destruction, which the other side sees', async () => {
    await run(async () => {
      const { reader, writer } = openPipe()
      const writable = asWritable(writer)
      asReadable(reader).destroy()
      await once(writable, 'close')
      expect(writable.destroyed).toBe(true)
    })
  })
})

describe('a ClientSocket', () => {
  it('connects by port and host, and sends what was written before', async () => {
    await withEcho(async (server) => {
      const events: string[] = []
      const socket = new ClientSocket()
      for (const name of ['connect', 'ready', 'end', 'close'])
        socket.on(name, () => events.push(name))
      socket.setNoDelay().setKeepAlive(true)
      expect(socket.connect(String(server.port), host, () => events.push('called'))).toBe(socket)
      expect(socket).toMatchObject({ connecting: true, readyState: 'opening' })
      socket.write('before, ')
      socket.end('and the end')
      expect(String(await everything(socket))).toBe('before, and the end')
      expect(socket.remotePort).toBe(server.port)
      await until(() => events.includes('close'))
      expect(events).toEqual(['connect', 'called', 'ready', 'end', 'close'])
      expect(() => socket.connect(1)).toThrow('already')
    })
  })

  it('connects to a Unix socket', async () => {
    const path = `/tmp/tsyncio-client-socket-${process.pid}`
    await withEcho(async () => {
      const socket = new ClientSocket().connect(path)
      socket.end('by a path')
      expect(String(await everything(socket))).toBe('by a path')
      expect(socket.remoteAddress).toBe(undefined)
      expect(socket.address()).toEqual({})
    }, path)
  })

  it('fails as connecting fails', async () => {
    await run(async () => {
      const path = '/nowhere/at/all'
      const socket = new ClientSocket().connect({ path })
      socket.write('lost')
      const [error] = await once(socket, 'error')
      expect(error).toMatchObject({ code: 'ENOENT', syscall: 'connect', path })
      await until(() => socket.closed)
      expect(socket.readyState).toBe('closed')
    })
  })

  it('gives up when it is destroyed, before and while it connects', async () => {
    await withEcho(async (server) => {
      const connected: string[] = []
      for (const wait of [() => undefined, () => sleep(0), () => sleep(1)]) {
        const socket = new ClientSocket().connect(server.port, host)
        await wait()
        const isConnected = !socket.connecting
        socket.on('connect', () => connected.push('too late')).destroy()
        await once(socket, 'close')
        expect(isConnected && socket.connecting).toBe(false)
      }
      const never = new ClientSocket()
      never.destroy()
      expect(never.connect(server.port, host).destroyed).toBe(true)
      await sleep(10)
      expect(connected).toEqual([])
    })
  })

  it('lets go at once of a place that never answers', async () => {
    await run(async () => {
      // Whoever comes when the backlog is full is not answered.
      await using server = await createServer(
        () => ({}),
        { host, port: 0 },
        {
          startServing: false,
          backlog: 1,
        },
      )
      const before = openFdCount()
      const sockets = Array.from({ length: 8 }, () => new ClientSocket().connect(server.port, host))
      await until(() => sockets.some(({ connecting }) => !connecting))
      await sleep(20)
      expect(sockets.filter(({ connecting }) => connecting).length).toBeGreaterThan(0)
      for (const socket of sockets) socket.destroy()
      await until(() => sockets.every(({ closed }) => closed) && openFdCount() === before)
      expect(openFdCount()).toBe(before)
    })
  })

  it('refuses what is no place', async () => {
    await run(async () => {
      const socket = new ClientSocket()
      expect(() => socket.connect(70_000)).toThrow(RangeError)
      expect(() => socket.connect({ host } as never)).toThrow(TypeError)
      expect(() => socket.connect(undefined as never)).toThrow(TypeError)
      socket.destroy()
      await sleep(0)
    })
  })
})
