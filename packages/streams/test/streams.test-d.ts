import {
  asConnection,
  asDuplex,
  asReadableStream,
  asReader,
  asWriter,
  startServer,
  type Connection,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import type { Coroutine, Gen } from '@tsyncio/tasks'
import { Duplex, Readable, Writable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { describe, expectTypeOf, it } from 'vitest'

declare const reader: StreamReader
declare const writer: StreamWriter
declare const connection: Connection

describe('a read', () => {
  it('gives null at the end, if it can meet it', () => {
    expectTypeOf(reader.read()).toEqualTypeOf<Coroutine<Buffer | null>>()
    expectTypeOf(reader.readLine()).toEqualTypeOf<Coroutine<Buffer | null>>()
    expectTypeOf(reader.peek(3)).toEqualTypeOf<Coroutine<Buffer | null>>()
    expectTypeOf(reader.readInto(new Uint8Array(1))).toEqualTypeOf<Coroutine<number | null>>()
    expectTypeOf(reader.readExactly(3)).toEqualTypeOf<Coroutine<Buffer>>()
  })

  it('takes one separator or several, of text or bytes', () => {
    expectTypeOf(reader.readUntil('\n')).toEqualTypeOf<Coroutine<Buffer | null>>()
    reader.readUntil(['\r\n', Buffer.from('\n')] as const)
    // @ts-expect-error A number is no separator.
    void (() => reader.readUntil(10))
    // @ts-expect-error Nor is one among several.
    void (() => reader.readUntil(['\n', 10]))
  })

  it('takes a signal', () => {
    reader.readLine({ signal: new AbortController().signal })
    writer.drain({ signal: undefined })
    // @ts-expect-error The controller is none.
    void (() => reader.readLine({ signal: new AbortController() }))
  })

  it('is the same with yield* and await', async () => {
    expectTypeOf(await reader.readLine()).toEqualTypeOf<Buffer | null>()
    function* read(): Gen<Buffer | null> {
      const line = yield* reader.readLine()
      expectTypeOf(line).toEqualTypeOf<Buffer | null>()
      return line
    }
    void read
    for await (const line of reader) expectTypeOf(line).toEqualTypeOf<Buffer>()
  })
})

describe('a handler of connections', () => {
  const place = { host: '127.0.0.1', port: 0 }

  it('is a function of any spelling', () => {
    startServer((input, output) => {
      expectTypeOf(input).toEqualTypeOf<StreamReader>()
      expectTypeOf(output).toEqualTypeOf<StreamWriter>()
    }, place)
    startServer(async (input) => {
      await input.read()
    }, place)
    startServer(function* (input, output): Gen<void> {
      output.write((yield* input.read()) ?? '')
    }, place)
    // @ts-expect-error What it is given is no socket of Node's.
    void (() => startServer((input: Duplex) => input.end(), place))
  })
})

describe('a bridge', () => {
  it('gives what it is called after', () => {
    expectTypeOf(asDuplex(connection)).toExtend<Duplex>()
    expectTypeOf(asConnection(new Duplex())).toEqualTypeOf<Connection>()
    expectTypeOf(asReader(Readable.from(['x']))).toEqualTypeOf<StreamReader>()
    expectTypeOf(asWriter(new Writable())).toEqualTypeOf<StreamWriter>()
    expectTypeOf(asReadableStream(reader)).toExtend<ReadableStream>()
    // @ts-expect-error A Readable has one direction.
    void (() => asConnection(Readable.from(['x'])))
    // @ts-expect-error A Writable is not read from.
    void (() => asReader(new Writable()))
  })
})
