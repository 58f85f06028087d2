import { once } from 'node:events'
import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { StreamReader } from '@tsyncio/streams'
import { run, runBlocking, sleep } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  PIPE,
  runProcess,
  type ProcessInput,
} from '@tsyncio/subprocess'

import { failureOf } from './failure-of.js'
import { leakCheck } from './leak-check.js'

leakCheck()

const text = 'aß€😀z'.repeat(20_000)
const bytes = Buffer.from(text)
const path = join(mkdtempSync(join(tmpdir(), 'inputs-')), 'in put')
writeFileSync(path, text)

function* halves(): Generator<Buffer> {
  yield bytes.subarray(0, 4)
  yield bytes.subarray(4)
}

async function* slowHalves(): AsyncGenerator<Buffer | string> {
  yield bytes.subarray(0, 7)
  await new Promise((resolve) => setTimeout(resolve, 5))
  yield bytes.subarray(7)
}

function reader(): StreamReader {
  const reader = new StreamReader()
  for (const half of halves()) reader.feedData(half)
  reader.feedEof()
  return reader
}

/** What either driver can read. */
const anywhere: [string, () => ProcessInput][] = [
  ['text', () => text],
  ['bytes', () => bytes],
  ['bytes of another kind', () => new Uint8Array(bytes)],
  ['an array', () => [...halves()]],
  ['a generator', () => halves()],
  ['a set', () => new Set(halves())],
  ['a reader', reader],
  ['the chunks of a reader', () => reader().readChunks(1000)],
  ['a path', () => ({ file: path })],
  ['a URL', () => pathToFileURL(path)],
]

/** What needs promises. */
const inNode: [string, () => ProcessInput][] = [
  ['an async generator', () => slowHalves()],
  ['a stream of Node’s', () => createReadStream(path, { highWaterMark: 1000 })],
  ['a stream of objects', () => Readable.from(halves())],
  ['a stream of the web', () => new Blob([bytes]).stream()],
]

/** Node opens and closes files in threads of its own, later than it says. */
async function untilClosed(inputs: ProcessInput[]): Promise<void> {
  for (const input of inputs) {
    if (input instanceof Readable && !input.closed) await once(input, 'close')
  }
}

describe('an input', () => {
  it.each([...anywhere, ...inNode])('may be %s', async (_name, input) => {
    const inputs = [input(), input()] as const
    await run(function* () {
      expect((yield* runProcess('cat', [], { input: inputs[0] })).stdout).toBe(text)
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const [stdout] = yield* process.communicate(inputs[1])
      expect(String(stdout)).toBe(text)
    })
    await untilClosed([...inputs])
  })

  it.each(anywhere)('may be %s on a loop that owns the thread', (_name, input) => {
    runBlocking(function* () {
      expect((yield* runProcess('cat', [], { input: input() })).stdout).toBe(text)
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const [stdout] = yield* process.communicate(input())
      expect(String(stdout)).toBe(text)
    })
  })

  it.each(inNode)('cannot be %s there, and says why', async (_name, input) => {
    const source = input()
    runBlocking(function* () {
      const error = yield* failureOf(() => runProcess('cat', [], { input: source }))
      expect(error).toBeInstanceOf(TypeError)
    })
    if (source instanceof Readable) source.destroy()
    await untilClosed([source])
  })

  it('may be text, of which an empty one is an end', async () => {
    await run(function* () {
      for (const input of ['', [], [''], new Uint8Array()]) {
        expect((yield* runProcess('wc', ['-c'], { input })).stdout.trim()).toBe('0')
      }
    })
  })

  it('is taken no further when nobody reads it', async () => {
    let isClosed = false
    let taken = 0
    async function* endless() {
      try {
        for (;;) {
          taken++
          yield 'x'.repeat(100_000)
          await Promise.resolve()
        }
      } finally {
        isClosed = true
      }
    }
    const stream = Readable.from(endless())
    await run(function* () {
      yield* runProcess('head', ['-c', '1'], { input: stream })
      while (!isClosed) yield* sleep(1)
    })
    expect(isClosed).toBe(true)
    expect(stream.destroyed).toBe(true)
    expect(taken).toBeLessThan(100)
  })

  it('that is never there is left when the process has ended', async () => {
    const never = new ReadableStream()
    await run(function* () {
      expect((yield* runProcess('true', [], { input: never })).returncode).toBe(0)
      const nothing = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
      }
      expect((yield* runProcess('true', [], { input: nothing })).returncode).toBe(0)
    })
  })

  it('that cannot be closed is reported', async () => {
    const reports: unknown[] = []
    const reason = new Error('the lid is stuck')
    const stuck: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }),
        return: async () => Promise.reject(reason),
      }),
    }
    await run(function* () {
      getRunningLoop().setExceptionHandler((_loop, context) => reports.push(context))
      yield* runProcess('cat', [], { input: stuck })
      while (reports.length === 0) yield* sleep(1)
    })
    expect(reports).toMatchObject([{ exception: reason }])
  })

  it('that fails ends the wait of communicate(), and the process goes on', async () => {
    const reason = new Error('no more paper')
    function* failing() {
      yield 'one\n'
      throw reason
    }
    await run(function* () {
      const process = yield* createSubprocessShell('exec cat', { stdin: PIPE, stdout: PIPE })
      expect(yield* failureOf(() => process.communicate(failing()))).toBe(reason)
      expect(process.returncode).toBe(null)
      process.stdin!.close()
      expect(yield* process.wait()).toBe(0)
      yield* process.close()
    })
  })

  it('is refused by communicate() if it is none', async () => {
    await run(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE })
      for (const wrong of [7, null, {}, { file: '' }, { file: 7 }, () => 'x', new URL('data:,x')]) {
        expect(() => process.communicate(wrong as never)).toThrow(TypeError)
      }
      yield* process.communicate()
    })
  })
})
