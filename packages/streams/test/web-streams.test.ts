import {
  asConnection,
  asReadableStream,
  asReader,
  asWebStreams,
  asWritableStream,
  asWriter,
  openReadPipe,
  openWritePipe,
  type ByteSource,
} from '@tsyncio/streams'
import { O_CLOEXEC, pipe2 } from '@tsyncio/syscalls'
import { run, sleep } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

import { mebibytes10, sha256, until, untilStill, withConnected } from './connected.js'
import { expectNoLeaks } from './no-leaks.js'

const bytes = (text: string) => new TextEncoder().encode(text)

/** How a promise ends, while it goes on. */
function watched(promise: Promise<unknown>): { state: 'pending' | 'done' | 'failed' } {
  const seen: { state: 'pending' | 'done' | 'failed' } = { state: 'pending' }
  promise.then(
    () => (seen.state = 'done'),
    () => (seen.state = 'failed'),
  )
  return seen
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Both ends of a pipe of the kernel's. */
function openPipe() {
  const ends = new Int32Array(2)
  expect(pipe2(ends, O_CLOEXEC)).toBe(0)
  const [from, to] = ends as unknown as [number, number]
  return { reader: openReadPipe(from).reader, writer: openWritePipe(to) }
}

expectNoLeaks()

describe('a connection as web streams', () => {
  it('carries 10 MiB both ways at once', async () => {
    await withConnected(async (client, peer) => {
      const echo = asWebStreams(peer)
      const echoing = echo.readable.pipeTo(echo.writable)
      const { readable, writable } = client.asWebStreams()
      const writing = new Blob([mebibytes10]).stream().pipeTo(writable)
      expect(sha256(await collect(readable))).toBe(sha256(mebibytes10))
      await Promise.all([echoing, writing])
      await client.writer.waitClosed()
    })
  })

  it('goes through the transforms of the web', async () => {
    await withConnected(async (client, peer) => {
      const { readable } = client.asWebStreams()
      const packed = new Blob([mebibytes10]).stream().pipeThrough(new CompressionStream('gzip'))
      const writing = packed.pipeTo(asWebStreams(peer).writable)
      const unpacked = readable.pipeThrough(new DecompressionStream('gzip'))
      expect(sha256(await collect(unpacked))).toBe(sha256(mebibytes10))
      await writing
    })
  })

  it('fills the buffers of BYOB readers, and keeps the rest for the next', async () => {
    await withConnected(async (client, peer) => {
      const reader = client.asWebStreams().readable.getReader({ mode: 'byob' })
      const first = reader.read(new Uint8Array(4))
      peer.writer.write('0123456789')
      expect(String(Buffer.from((await first).value!))).toBe('0123')
      let buffer = new ArrayBuffer(4)
      const rest: string[] = []
      peer.writer.writeEof()
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(buffer))
        if (done) break
        rest.push(String(Buffer.from(value)))
        buffer = value.buffer
      }
      expect(rest).toEqual(['4567', '89'])
    })
  })

  it('fails a BYOB read that ends within an element, and is closed all the same', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      const reader = readable.getReader({ mode: 'byob' })
      const reading = reader.read(new Uint16Array(4))
      peer.writer.write('1')
      await sleep(5)
      peer.writer.writeEof()
      await expect(reading).rejects.toThrow(TypeError)
      await writable.close()
      await client.writer.waitClosed()
    })
  })

  it('carries 10 MiB to a BYOB reader', async () => {
    await withConnected(async (client, peer) => {
      const reader = client.asWebStreams().readable.getReader({ mode: 'byob' })
      const writing = new Blob([mebibytes10]).stream().pipeTo(asWebStreams(peer).writable)
      const chunks: Buffer[] = []
      for (let size = 1; ; size = (size * 7) % 100_003) {
        const { done, value } = await reader.read(new Uint8Array(size))
        if (done) break
        chunks.push(Buffer.from(value))
      }
      expect(sha256(Buffer.concat(chunks))).toBe(sha256(mebibytes10))
      await writing
    })
  })

  it('reads nothing ahead: the peer is slowed down', async () => {
    await withConnected(async (client, peer) => {
      const reader = client.asWebStreams().readable.getReader()
      const writer = asWebStreams(peer).writable.getWriter()
      let written = 0
      const chunk = new Uint8Array(65_536)
      const write = async () => {
        for (; written < 40_000_000; written += chunk.length) await writer.write(chunk)
        await writer.close()
      }
      const writing = write()
      await until(() => !client.reader.transport!.isReading())
      await untilStill(() => written)
      expect(written).toBeLessThan(40_000_000)
      expect(peer.writer.transport.getWriteBufferSize()).toBeLessThanOrEqual(chunk.length)
      let received = 0
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        received += value.length
      }
      await writing
      expect(received).toBe(written)
    })
  })

  it('gives copies, which may be transferred, and harms no other read', async () => {
    await withConnected(async (client, peer) => {
      await withConnected(async (other, otherPeer) => {
        otherPeer.writer.write('k'.repeat(5000))
        const kept = await other.reader.readExactly(5000)
        const { readable, writable } = client.asWebStreams()
        peer.writer.write('t'.repeat(5000))
        const { value } = await readable.getReader().read()
        const moved = structuredClone(value!.buffer, { transfer: [value!.buffer as ArrayBuffer] })
        expect(moved.byteLength).toBe(value!.byteLength === 0 ? 5000 : NaN)
        otherPeer.writer.write('l'.repeat(5000))
        expect(String(await other.reader.readExactly(5000))).toBe('l'.repeat(5000))
        expect(String(kept)).toBe('k'.repeat(5000))
        await writable.close()
      })
    })
  })

  it('is half-closed in either direction', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      const writer = writable.getWriter()
      await writer.write('question')
      await writer.close()
      expect(String(await peer.reader.read())).toBe('question')
      peer.writer.write('answer')
      peer.writer.close()
      expect(String(await collect(readable))).toBe('answer')
      await client.writer.waitClosed()
    })
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      peer.writer.writeEof()
      expect(String(await collect(readable))).toBe('')
      const writer = writable.getWriter()
      await writer.write(bytes('still here'))
      await writer.close()
      expect(String(await peer.reader.read())).toBe('still here')
      await client.writer.waitClosed()
    })
  })

  it('begins with what the reader has', async () => {
    await withConnected(async (client, peer) => {
      peer.writer.write('head\nbody')
      peer.writer.close()
      expect(String(await client.reader.readLine())).toBe('head\n')
      const { readable, writable } = client.asWebStreams()
      await writable.close()
      expect(await new Response(readable).text()).toBe('body')
      expect(() => client.asWebStreams()).toThrow('handed over already')
      expect(() => client.asDuplex()).toThrow('handed over already')
    })
  })

  it('goes on writing when reading is cancelled, and is closed after both', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      peer.writer.write('nobody wants this')
      await readable.cancel()
      const writer = writable.getWriter()
      await writer.write('goodbye')
      await writer.close()
      await client.writer.waitClosed()
      expect(String(await peer.reader.read(7))).toBe('goodbye')
    })
  })

  it('ends at once when writing is aborted, also while a write waits', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      const writer = writable.getWriter()
      const write = watched(writer.write(new Uint8Array(20_000_000)))
      const reading = readable.getReader().read()
      const reason = new Error('enough')
      await untilStill(() => (peer.reader.transport!.isReading() ? 1 : 0))
      expect(write.state).toBe('pending')
      await Promise.all([writer.abort(reason), expect(reading).rejects.toBe(reason)])
      expect(write.state).toBe('failed')
      await client.writer.waitClosed()
      await peer.reader.read().catch(() => undefined)
    })
    await withConnected(async (client) => {
      const { readable, writable } = client.asWebStreams()
      const reading = readable.getReader().read()
      await writable.abort()
      await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    })
  })

  it('fails as the connection fails, after what has come', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      const writer = writable.getWriter()
      await writer.write('hello')
      // What is unread when it aborts would make a reset of it.
      expect(String(await peer.reader.readExactly(5))).toBe('hello')
      const reader = readable.getReader({ mode: 'byob' })
      const first = reader.read(new Uint8Array(2))
      peer.writer.write('data')
      expect(String(Buffer.from((await first).value!))).toBe('da')
      peer.writer.transport.abort()
      const isFailed = watched(writer.closed)
      const write = async () => {
        while (isFailed.state === 'pending') {
          await writer.write('x').catch(() => undefined)
          await sleep(1)
        }
      }
      await write()
      expect(String(Buffer.from((await reader.read(new Uint8Array(9))).value!))).toBe('ta')
      await expect(reader.read(new Uint8Array(2))).rejects.toMatchObject({ syscall: 'write' })
      await expect(writer.write('x')).rejects.toMatchObject({ syscall: 'write' })
    })
  })

  it('fails when it is aborted below', async () => {
    await withConnected(async (client, peer) => {
      const { readable, writable } = client.asWebStreams()
      client.writer.transport.abort()
      await expect(readable.getReader().read()).rejects.toMatchObject({ code: 'ECONNABORTED' })
      await expect(writable.getWriter().closed).rejects.toMatchObject({ code: 'ECONNRESET' })
      expect(await peer.reader.read()).toBe(null)
    })
  })

  it('ends the connection at a chunk that is no bytes', async () => {
    await withConnected(async (client, peer) => {
      const writer = client.asWebStreams().writable.getWriter()
      await writer.write(new Uint16Array([0x6161, 0x6262]))
      await writer.write(bytes('c').buffer)
      expect(String(await peer.reader.readExactly(5))).toBe('aabbc')
      await expect(writer.write(7 as unknown as ByteSource)).rejects.toThrow(TypeError)
      await peer.reader.read().catch(() => undefined)
      expect(peer.reader.atEof() || peer.reader.exception() !== undefined).toBe(true)
    })
  })
})

describe('a pipe as web streams', () => {
  it('carries 10 MiB', async () => {
    await run(async () => {
      const { reader, writer } = openPipe()
      const writing = new Blob([mebibytes10]).stream().pipeTo(asWritableStream(writer))
      expect(sha256(await collect(asReadableStream(reader)))).toBe(sha256(mebibytes10))
      await writing
    })
  })

  it('is closed when it is cancelled, which the writer sees', async () => {
    await run(async () => {
      const { reader, writer } = openPipe()
      await asReadableStream(reader).cancel()
      const stream = asWritableStream(writer).getWriter()
      await expect(stream.closed).rejects.toMatchObject({ code: 'ECONNRESET' })
    })
  })

  it('has but one direction', async () => {
    await withConnected(async (client) => {
      expect(() => asReadableStream(client.reader)).toThrow(TypeError)
      expect(() => asWritableStream(client.writer)).toThrow(TypeError)
      const { reader, writer } = openPipe()
      expect(() => asWebStreams({ reader, writer })).toThrow(TypeError)
      writer.close()
      expect(await reader.read()).toBe(null)
    })
  })
})

describe('web streams as a connection', () => {
  it('carry 10 MiB, and what they are given may be transferred', async () => {
    const chunks: Uint8Array[] = []
    await run(async () => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, out) {
          const moved = structuredClone(chunk.buffer, { transfer: [chunk.buffer as ArrayBuffer] })
          out.enqueue(new Uint8Array(moved))
        },
      })
      const { reader, writer } = asConnection({ readable, writable })
      const write = async () => {
        for (let at = 0; at < mebibytes10.length; at += 65_536) {
          writer.write(mebibytes10.subarray(at, at + 65_536))
          await writer.drain()
        }
        writer.writeEof()
      }
      const writing = write()
      for (let data; (data = await reader.read(100_000)) !== null;) chunks.push(data)
      await writing
    })
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(mebibytes10))
    expect(mebibytes10.length).toBe(10 * 1024 * 1024)
  })

  it('pass through slices of what we have read, which stay ours', async () => {
    await withConnected(async (client, peer) => {
      peer.writer.write('s'.repeat(5000))
      const slice = await client.reader.readExactly(5000)
      const taken: ArrayBuffer[] = []
      const writer = asWriter(
        new WritableStream<Uint8Array>({
          write(chunk) {
            taken.push(
              structuredClone(chunk.buffer, {
                transfer: [chunk.buffer as ArrayBuffer],
              }) as ArrayBuffer,
            )
          },
        }) as never,
      )
      writer.write(slice)
      writer.close()
      await writer.waitClosed()
      expect(taken.map(({ byteLength }) => byteLength)).toEqual([5000])
      expect(String(slice)).toBe('s'.repeat(5000))
    })
  })

  it('read by line from a byte stream, and from one of text', async () => {
    await run(async () => {
      const reader = asReader(new Blob(['one\ntwo\n']).stream())
      expect(String(await reader.readLine())).toBe('one\n')
      expect(String(await reader.readLine())).toBe('two\n')
      expect(await reader.readLine()).toBe(null)
      const text = new ReadableStream<string>({
        start(controller) {
          controller.enqueue('grü')
          controller.enqueue('')
          controller.enqueue('ße')
          controller.close()
        },
      })
      expect(String(await asReader(text).read())).toBe('grüße')
    })
  })

  it('are pulled no further than the reader needs', async () => {
    let pulls = 0
    let cancelled: unknown
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++
        controller.enqueue(new Uint8Array(1000))
      },
      cancel(reason) {
        cancelled = reason
      },
    })
    await run(async () => {
      const reader = asReader(endless as never, { limit: 10_000 })
      await untilStill(() => pulls)
      expect(pulls).toBeLessThan(100)
      await reader.readExactly(500_000)
      reader.transport!.close()
      await until(() => cancelled !== undefined)
      expect(cancelled).toBeInstanceOf(Error)
    })
  })

  it('carry failures both ways, whatever is thrown', async () => {
    await run(async () => {
      const failing = new ReadableStream({
        start(controller) {
          controller.enqueue(bytes('before'))
        },
        pull(controller) {
          controller.error('just a string')
        },
      })
      const reader = asReader(failing)
      await expect(reader.readExactly(100)).rejects.toMatchObject({ cause: 'just a string' })

      const refusing = new WritableStream({ write: () => Promise.reject(new Error('full')) })
      const writer = asWriter(refusing)
      writer.write('x')
      await expect(writer.waitClosed()).rejects.toThrow('full')
      await expect(writer.drain()).rejects.toThrow('full')
    })
  })

  it('are cancelled and aborted when the connection is', async () => {
    const seen: string[] = []
    await run(async () => {
      const readable = new ReadableStream({ cancel: () => void seen.push('cancelled') })
      const writable = new WritableStream({
        write: () => void seen.push('written'),
        abort: () => void seen.push('aborted'),
        close: () => void seen.push('closed'),
      })
      const { writer } = asConnection({ readable, writable })
      writer.write('x')
      await until(() => seen.length === 1)
      writer.transport.abort()
      await writer.waitClosed()
      await until(() => seen.length === 3)
    })
    expect(seen).toEqual(['written', 'cancelled', 'aborted'])
  })

  it('must not be locked', async () => {
    await run(async () => {
      const stream = new Blob(['x']).stream()
      stream.getReader()
      expect(() => asReader(stream)).toThrow(TypeError)
    })
  })
})
