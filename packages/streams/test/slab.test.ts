import { openReadPipe, type StreamReader } from '@tsyncio/streams'
import { close, pipe2, write } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'
import { describe, expect } from 'vitest'

import { behaves } from './driven.js'
import { expectNoLeaks } from './no-leaks.js'

/** Sends pieces of `size` bytes through a pipe, one read each, and gives what arrived. */
function* received(count: number, size: number): Gen<Buffer[]> {
  const [from, to] = yield* pipes()
  const { reader, transport } = openReadPipe(from)
  const pieces: Buffer[] = []
  for (let i = 0; i < count; i++) {
    write(to, Buffer.alloc(size, i), 0, size)
    pieces.push(yield* reader.readExactly(size))
  }
  close(to)
  yield* end(reader)
  expect(transport.isClosing()).toBe(true)
  return pieces
}

function* pipes(): Gen<[number, number]> {
  const out = new Int32Array(2)
  pipe2(out, 0)
  return [out[0]!, out[1]!]
}

function* end(reader: StreamReader): Gen<void> {
  expect(yield* reader.read()).toBeNull()
}

expectNoLeaks()

describe('what has been read', () => {
  behaves('is never overwritten', function* () {
    const pieces = yield* received(600, 5000)
    pieces.forEach((piece, i) => expect(piece.equals(Buffer.alloc(5000, i))).toBe(true))
  })

  behaves('keeps 1 MiB alive at the most, and shares it with its neighbours', function* () {
    const pieces = yield* received(600, 5000)
    const slabs = new Set(pieces.map((piece) => piece.buffer))
    for (const slab of slabs) expect(slab.byteLength).toBe(1_048_576)
    expect(slabs.size).toBeLessThanOrEqual(4)
  })

  behaves('keeps no more than a small buffer alive when it is short', function* () {
    const pieces = yield* received(100, 10)
    const pool = Buffer.allocUnsafe(1).buffer.byteLength
    for (const piece of pieces) expect(piece.buffer.byteLength).toBeLessThanOrEqual(pool)
  })

  behaves('cannot be taken away by a transfer', function* () {
    const [piece] = yield* received(1, 5000)
    const { port1, port2 } = new MessageChannel()
    try {
      port1.postMessage(null, [piece!.buffer as ArrayBuffer])
    } catch (error) {
      expect((error as Error).name).toBe('DataCloneError')
    }
    port1.close()
    port2.close()
    expect(piece!.length).toBe(5000)
  })
})
