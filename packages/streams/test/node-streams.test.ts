import { asConnection, asReader, asWebStreams, asWriter, type Connection } from '@tsyncio/streams'
import { run, runBlocking, sleep, timeout, type Gen } from '@tsyncio/tasks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { PassThrough, Readable, Writable, type Duplex } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { mebibytes10, sha256, until, untilStill } from './connected.js'
import { duplexPair } from './duplex-pair.js'
import { expectNoLeaks } from './no-leaks.js'

/** A connection over a `net.Socket`, and the `net.Socket` of the other side. */
async function withNodeSocket(
  body: (connection: Connection, peer: Socket, socket: Socket) => Promise<void>,
): Promise<void> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [peer] = (await once(server, 'connection')) as [Socket]
  server.close()
  try {
    await run(() => body(asConnection(socket), peer, socket))
  } finally {
    const ends = [socket, peer].filter(({ closed }) => !closed).map((end) => once(end, 'close'))
    socket.destroy()
    peer.destroy()
    await Promise.all(ends)
  }
}

expectNoLeaks()

describe('one of Node’s streams as a connection', () => {
  it('carries 10 MiB both ways at once', async () => {
    await withNodeSocket(async ({ reader, writer }, peer) => {
      peer.pipe(peer)
      const write = async () => {
        for (let at = 0; at < mebibytes10.length; at += 100_000) {
          writer.write(mebibytes10.subarray(at, at + 100_000))
          await writer.drain()
        }
        writer.writeEof()
      }
      const writing = write()
      expect(sha256((await reader.read())!)).toBe(sha256(mebibytes10))
      await writing
    })
  })

  it('reads by line and by count, in a generator', async () => {
    const [ours, theirs] = duplexPair()
    await run(function* () {
      const { reader, writer } = asConnection(ours)
      theirs.write('first\nsecond\n12345')
      expect(String(yield* reader.readLine())).toBe('first\n')
      expect(String(yield* reader.readLine())).toBe('second\n')
      expect(String(yield* reader.readExactly(5))).toBe('12345')
      writer.write('answer')
      yield* writer.drain()
      writer.close()
      yield* writer.waitClosed()
    })
    expect(String(theirs.read())).toBe('answer')
  })

  it('loses nothing to cancelled reads', async () => {
    const data = mebibytes10.subarray(0, 100_000)
    await withNodeSocket(async ({ reader }, peer) => {
      const pieces: Buffer[] = []
      let sent = 0
      let cancelled = 0
      while (pieces.reduce((sum, { length }) => sum + length, 0) < data.length) {
        const next = Math.min(sent + 700, data.length)
        peer.write(data.subarray(sent, next))
        sent = next
        const size = Math.min(1000, data.length - 1000 * pieces.length)
        try {
          pieces.push(await timeout(cancelled % 3, () => reader.readExactly(size)))
        } catch {
          cancelled++
        }
      }
      expect(cancelled).toBeGreaterThan(0)
      expect(Buffer.concat(pieces).equals(data)).toBe(true)
    })
  })

  it('pauses a peer that is faster than the reader', async () => {
    await withNodeSocket(async ({ reader }, peer, socket) => {
      let written = 0
      const chunk = Buffer.alloc(65_536)
      const flood = () => {
        do written += chunk.length
        while (peer.write(chunk))
      }
      peer.on('drain', flood)
      flood()
      await untilStill(() => written)
      peer.off('drain', flood)
      expect(peer.writableNeedDrain).toBe(true)
      expect(reader.takeBuffered().length).toBeLessThanOrEqual(2 * 65_536 + 65_536)
      expect(socket.readableLength).toBeLessThanOrEqual(2 * 65_536)
      peer.end()
      await reader.read()
    })
  })

  it('waits for a peer that is slower than the writer', async () => {
    await withNodeSocket(async ({ writer }, peer) => {
      peer.pause()
      const chunk = Buffer.alloc(65_536)
      let written = 0
      let most = 0
      const flood = async () => {
        while (written < 40_000_000) {
          writer.write(chunk)
          written += chunk.length
          const { transport } = writer
          most = Math.max(most, transport.getWriteBufferSize())
          await writer.drain()
        }
      }
      const flooding = flood()
      await untilStill(() => written)
      expect(written).toBeLessThan(40_000_000)
      expect(most).toBeLessThanOrEqual(2 * 65_536)
      let received = 0
      peer.on('data', ({ length }: Buffer) => (received += length)).resume()
      await flooding
      await until(() => received === written)
    })
  })

  it('is half-closed in either direction', async () => {
    await withNodeSocket(async ({ reader, writer }, peer) => {
      peer.end('last words')
      expect(String(await reader.read())).toBe('last words')
      expect(await reader.read()).toBe(null)
      writer.write('an answer')
      writer.writeEof()
      const chunks: Buffer[] = []
      peer.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(peer, 'end')
      expect(String(Buffer.concat(chunks))).toBe('an answer')
      await writer.waitClosed()
    })
    await withNodeSocket(async ({ reader, writer }, peer) => {
      writer.writeEof()
      expect(() => writer.write('more')).toThrow('writeEof')
      peer.resume()
      await once(peer, 'end')
      peer.end('still here')
      expect(String(await reader.read())).toBe('still here')
    })
  })

  it('sends what was written before close()', async () => {
    await withNodeSocket(async ({ writer }, peer, socket) => {
      writer.write(mebibytes10)
      writer.close()
      const chunks: Buffer[] = []
      peer.on('data', (chunk: Buffer) => chunks.push(chunk))
      await once(peer, 'end')
      expect(sha256(Buffer.concat(chunks))).toBe(sha256(mebibytes10))
      await writer.waitClosed()
      expect(socket.destroyed).toBe(true)
    })
  })

  it('gives what came before a failure, then the failure', async () => {
    const failure = new Error('broken')
    const stream = new PassThrough()
    await run(async () => {
      const { reader, writer } = asConnection(stream)
      stream.write('before')
      await until(() => stream.readableLength === 0)
      stream.destroy(failure)
      await expect(writer.waitClosed()).rejects.toBe(failure)
      expect(String(await reader.read(6))).toBe('before')
      await expect(reader.read(1)).rejects.toBe(failure)
      await expect(writer.drain()).rejects.toBe(failure)
    })
  })

  it('knows that a stream had failed before', async () => {
    const failure = new Error('broken')
    const stream = new PassThrough()
    stream.on('error', () => undefined).destroy(failure)
    await new Promise((resolve) => stream.on('close', resolve))
    await run(async () => {
      const { reader, writer } = asConnection(stream)
      await expect(reader.read()).rejects.toThrow()
      await expect(writer.waitClosed()).rejects.toThrow()
    })
  })

  it('is not upset by a failure after the end', async () => {
    const stream = new PassThrough({ autoDestroy: false })
    await run(async () => {
      const { reader, writer } = asConnection(stream)
      writer.write('all')
      writer.writeEof()
      expect(String(await reader.read())).toBe('all')
      await writer.waitClosed()
      stream.emit('error', new Error('late'))
      expect(await reader.read()).toBe(null)
    })
  })

  it('fails when the stream is destroyed by somebody else', async () => {
    const [ours, theirs] = duplexPair()
    await run(async () => {
      const { reader, writer } = asConnection(ours)
      theirs.resume()
      ours.destroy()
      await expect(reader.read()).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
      await expect(writer.drain()).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
      writer.write('dropped')
    })
  })

  it('destroys the stream when it is aborted, and leaves no listeners', async () => {
    await withNodeSocket(async ({ reader, writer }, peer, socket) => {
      peer.resume()
      writer.transport.abort()
      await writer.waitClosed()
      expect(socket.destroyed).toBe(true)
      expect(await reader.read()).toBe(null)
      await until(() => peer.readableEnded)
      expect(['data', 'drain'].map((name) => socket.listenerCount(name))).toEqual([0, 0])
    })
  })

  it('knows the addresses of a socket', async () => {
    await withNodeSocket(async (connection, peer, socket) => {
      await until(() => !socket.connecting)
      const { localPort, remotePort } = peer
      const family = { address: '127.0.0.1', family: 'IPv4' }
      expect(connection.remoteAddress).toEqual({ ...family, port: localPort })
      expect(connection.localAddress).toEqual({ ...family, port: remotePort })
      expect(connection.writer.getExtraInfo('stream')).toBe(socket)
      expect(connection.writer.getExtraInfo('socket')).toBe(undefined)
    })
  })

  it('can be handed on, as a Duplex and as web streams', async () => {
    await run(async () => {
      const [a, b] = duplexPair()
      const [c, d] = duplexPair()
      const echo = asConnection(b).asDuplex()
      echo.pipe(echo)
      const { readable, writable } = asConnection(a).asWebStreams()
      const other = asWebStreams(asConnection(c))
      const passing = [readable.pipeTo(other.writable), other.readable.pipeTo(writable)]
      const received = d.toArray()
      d.end(mebibytes10)
      expect(sha256(Buffer.concat((await received) as Buffer[]))).toBe(sha256(mebibytes10))
      await Promise.all(passing)
      await until(() => echo.closed)
    })
  })

  it('joins a Readable and a Writable', async () => {
    const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] })
    const exited = once(cat, 'close')
    await run(async () => {
      const { reader, writer } = asConnection({ readable: cat.stdout, writable: cat.stdin })
      writer.write('through a cat')
      writer.writeEof()
      expect(String(await reader.read())).toBe('through a cat')
      await exited
    })
  })

  it('is over for both of them when it is aborted', async () => {
    const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] })
    const exited = once(cat, 'close')
    await run(async () => {
      const { reader, writer } = asConnection({ readable: cat.stdout, writable: cat.stdin })
      writer.transport.abort()
      await writer.waitClosed()
      expect(await reader.read()).toBe(null)
      await exited
    })
  })
})

describe('one of Node’s streams as a reader or a writer', () => {
  it('goes through gzip and gunzip, 10 MiB', async () => {
    await run(async () => {
      const gzip = createGzip({ level: 1 })
      const writer = asWriter(gzip)
      const reader = asReader(gzip.pipe(createGunzip()))
      const write = async () => {
        for (let at = 0; at < mebibytes10.length; at += 65_536) {
          writer.write(mebibytes10.subarray(at, at + 65_536))
          await writer.drain()
        }
        writer.close()
        await writer.waitClosed()
      }
      const writing = write()
      expect(sha256((await reader.read())!)).toBe(sha256(mebibytes10))
      await writing
    })
  })

  it('reads no further ahead than the limit', async () => {
    let made = 0
    const endless = new Readable({
      read() {
        made += 1000
        this.push(Buffer.alloc(1000))
      },
    })
    await run(async () => {
      const reader = asReader(endless, { limit: 5000 })
      await untilStill(() => made)
      expect(made).toBeLessThanOrEqual(2 * 5000 + 1000 + endless.readableHighWaterMark + 1000)
      await reader.readExactly(100_000)
      reader.transport!.close()
      await until(() => endless.destroyed)
      expect(endless.destroyed).toBe(true)
    })
  })

  it('waits for a slow Writable, and for its end', async () => {
    const written: string[] = []
    let most = 0
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        most = Math.max(most, this.writableLength)
        written.push(String(chunk.subarray(0, 1)))
        setImmediate(done)
      },
      final(done) {
        written.push('end')
        setImmediate(done)
      },
    })
    await run(function* () {
      const writer = asWriter(slow)
      for (let i = 0; i < 50; i++) {
        writer.write(`${i % 10}`.repeat(20_000))
        yield* writer.drain()
      }
      writer.close()
      yield* writer.waitClosed()
    })
    expect(most).toBeLessThanOrEqual(65_536 + 20_000)
    expect(written.length).toBe(51)
    expect(written.at(-1)).toBe('end')
  })

  it('tells how a Writable failed', async () => {
    const failure = new Error('disk full')
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(failure) })
    await run(async () => {
      const writer = asWriter(broken)
      writer.write('x')
      await expect(writer.waitClosed()).rejects.toBe(failure)
      await expect(writer.drain()).rejects.toBe(failure)
    })
  })

  it('leaves the other side of a Duplex to others', async () => {
    const stream = new PassThrough()
    await run(async () => {
      const reader = asReader(stream)
      stream.write('by hand')
      expect(String(await reader.readExactly(7))).toBe('by hand')
      stream.end()
      expect(await reader.read()).toBe(null)
    })
  })

  it('takes text in the stream’s own encoding, and refuses objects', async () => {
    await run(async () => {
      const hex = Readable.from([Buffer.from('grüße')], { objectMode: false }).setEncoding('hex')
      expect(String(await asReader(hex).read())).toBe('grüße')
      expect(String(await asReader(Readable.from(['grü', 'ße'])).read())).toBe('grüße')
      await expect(asReader(Readable.from([{ an: 'object' }])).read()).rejects.toThrow(TypeError)
    })
  })

  it('reads a stream that had been paused, and one that has ended', async () => {
    await run(async () => {
      const paused = Readable.from(['data']).pause()
      expect(String(await asReader(paused).read())).toBe('data')
      const over = Readable.from([])
      over.resume()
      await once(over, 'close')
      expect(await asReader(over).read()).toBe(null)
    })
  })

  it('lets a program end that has read its stdin to the end', async () => {
    const code = `
      import { asReader, asWriter } from '@tsyncio/streams'
      const writer = asWriter(process.stdout)
      for await (const line of asReader(process.stdin)) {
        writer.write(String(line).toUpperCase())
        await writer.drain()
      }
      writer.write('the end')
      writer.close()
      await writer.waitClosed()
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      cwd: import.meta.dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(child, 'close')
    child.stdin.end('one\ntwo\n')
    const [output, [status]] = await Promise.all([child.stdout.toArray(), exited])
    expect(String(Buffer.concat(output))).toBe('ONE\nTWO\nthe end')
    expect(status).toBe(0)
  })

  it('refuses what is no stream, and a loop that owns the thread', () => {
    expect(() => asReader({} as Readable)).toThrow('Expected a Readable or a ReadableStream')
    expect(() => asWriter(new Readable() as unknown as Writable)).toThrow('got a Readable')
    expect(() => asConnection(null as unknown as Duplex)).toThrow('got null')
    expect(() =>
      runBlocking(function* (): Gen<void> {
        yield* sleep(0)
        asReader(Readable.from([]))
      }),
    ).toThrow('runBlocking')
  })
})
