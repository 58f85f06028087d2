import { Duplex, type Readable, type Writable } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'

import { WebDuplex } from './web-duplex.js'

/** A stream of Node's or of the web that one can read from. */
export type AnyReadable = Readable | ReadableStream
/** A stream of Node's or of the web that one can write to. */
export type AnyWritable = Writable | WritableStream
/** A Duplex, or a pair of streams of Node's or of the web. */
export type AnyDuplex =
  | Duplex
  | { readonly readable: Readable; readonly writable: Writable }
  | { readonly readable: ReadableStream; readonly writable: WritableStream }

const has = (stream: unknown, ...methods: string[]) =>
  methods.every((name) => typeof (Object(stream) as Record<string, unknown>)[name] === 'function')

const isReadable = (stream: unknown): stream is Readable => has(stream, 'read', 'on', 'destroy')
const isWritable = (stream: unknown): stream is Writable => has(stream, 'write', 'on', 'destroy')
const isWebReadable = (stream: unknown): stream is ReadableStream => has(stream, 'getReader')
const isWebWritable = (stream: unknown): stream is WritableStream => has(stream, 'getWriter')

/** @throws TypeError if it is no stream that one can read from. */
export function nodeReadable(stream: AnyReadable): Readable {
  if (isReadable(stream)) return stream
  if (isWebReadable(stream)) return new WebDuplex({ readable: stream })
  throw new TypeError(`Expected a Readable or a ReadableStream, got ${kindOf(stream)}.`)
}

/** @throws TypeError if it is no stream that one can write to. */
export function nodeWritable(stream: AnyWritable): Writable {
  if (isWritable(stream)) return stream
  if (isWebWritable(stream)) return new WebDuplex({ writable: stream })
  throw new TypeError(`Expected a Writable or a WritableStream, got ${kindOf(stream)}.`)
}

/** @throws TypeError if it has not both directions. */
export function nodeDuplex(stream: AnyDuplex): Duplex {
  if (isReadable(stream) && isWritable(stream)) return stream
  const { readable, writable } = Object(stream) as Record<string, unknown>
  if (isWebReadable(readable) && isWebWritable(writable))
    return new WebDuplex({ readable, writable })
  if (isReadable(readable) && isWritable(writable)) return Duplex.from({ readable, writable })
  throw new TypeError(
    `Expected a Duplex, or { readable, writable } of one kind, got ${kindOf(stream)}.`,
  )
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return `a ${value.constructor?.name ?? 'plain object'}`
}
