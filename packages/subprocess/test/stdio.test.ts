import {
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { closeSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { openReadPipe, openWritePipe } from '@tsyncio/streams'
import { close, pipe2 } from '@tsyncio/syscalls'
import { run, runBlocking, sleep } from '@tsyncio/tasks'
import { createSubprocessExec, createSubprocessShell, PIPE } from '@tsyncio/subprocess'

import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const folder = mkdtempSync(join(tmpdir(), 'subprocess-'))
afterAll(() => rmSync(folder, { recursive: true }))

function pipe(): [number, number] {
  const fds = new Int32Array(2)
  pipe2(fds, 0)
  return [fds[0]!, fds[1]!]
}

onEachDriver('a file', (runs) => {
  it('is read, written, and written behind', async () => {
    const [input, output] = [join(folder, 'input'), join(folder, 'output')]
    writeFileSync(input, 'some input')
    await runs(function* () {
      const file = pathToFileURL(output)
      const first = yield* createSubprocessExec('cat', [], {
        stdin: { file: input },
        stdout: { file },
      })
      yield* first.wait()
      const both = { file, append: true }
      const second = yield* createSubprocessShell('echo; echo out; echo err >&2', {
        stdout: both,
        stderr: both,
      })
      yield* second.wait()
      expect([first.stdin, first.stdout, second.stderr]).toEqual([null, null, null])
    })
    expect(readFileSync(output, 'utf8')).toBe('some input\nout\nerr\n')
    await runs(function* () {
      const process = yield* createSubprocessExec('echo', ['short'], { stdout: { file: output } })
      yield* process.wait()
    })
    expect(readFileSync(output, 'utf8')).toBe('short\n')
  })

  it('that cannot be opened is named, and nothing is started', async () => {
    const missing = join(folder, 'no', 'such')
    const start = (options: object) =>
      runs(function* () {
        return yield* createSubprocessExec('true', [], options)
      })
    await expect(start({ stdin: { file: missing } })).rejects.toMatchObject({
      code: 'ENOENT',
      syscall: 'open',
      path: missing,
    })
    await expect(start({ stdin: PIPE, stdout: { file: folder } })).rejects.toMatchObject({
      code: 'EISDIR',
    })
    const fifo = join(folder, 'fifo')
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', fifo])
    await expect(start({ stdout: { file: fifo } })).rejects.toMatchObject({ code: 'ENXIO' })
    rmSync(fifo)
  })
})

onEachDriver('a stream of ours', (runs) => {
  it('is read into a child, and written by it', async () => {
    await runs(function* () {
      const [[from, toFrom], [into, out]] = [pipe(), pipe()]
      const source = openReadPipe(from)
      const feeder = openWritePipe(toFrom)
      const target = openWritePipe(out)
      const result = openReadPipe(into)
      const process = yield* createSubprocessExec('tr', ['a-z', 'A-Z'], {
        stdin: source.reader,
        stdout: target,
      })
      expect([process.stdin, process.stdout]).toEqual([null, null])
      const big = Buffer.alloc(300_000, 'abc')
      feeder.write(big)
      feeder.close()
      const text = yield* result.reader.read()
      expect(String(text)).toBe(String(big).toUpperCase())
      expect(yield* process.wait()).toBe(0)
      yield* target.waitClosed()
    })
  })

  it('that never ends does not outlast the child', async () => {
    await runs(function* () {
      const [from, to] = pipe()
      const source = openReadPipe(from)
      const process = yield* createSubprocessExec('true', [], { stdin: source.reader })
      yield* process.wait()
      yield* process.close()
      yield* sleep(0)
      source.transport.close()
      close(to)
      expect(process.returncode).toBe(0)
    })
  })
})

describe('a stream of Node’s or of the web', () => {
  it('is read into a child to its end', async () => {
    await run(async () => {
      for (const stdin of [
        Readable.from(['one ', 'two ', Buffer.from('three')]),
        new Response('one two three').body!,
      ]) {
        const process = await createSubprocessExec('cat', [], { stdin, stdout: PIPE })
        const [stdout] = await process.communicate()
        expect(String(stdout)).toBe('one two three')
      }
    })
  })

  it('gets what a child writes, and is ended', async () => {
    const pass = new PassThrough()
    const chunks: Buffer[] = []
    pass.on('data', (chunk: Buffer) => void chunks.push(chunk))
    await run(async () => {
      const process = await createSubprocessShell('echo out; echo err >&2', {
        stdout: pass,
        stderr: pass,
      })
      await process.communicate()
    })
    expect(String(Buffer.concat(chunks))).toBe('out\nerr\n')
  })

  it('that is slow has all of it when communicate() is over', async () => {
    let bytes = 0
    let isEnded = false
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length
        setImmediate(() => setImmediate(done))
      },
      final(done) {
        isEnded = true
        done()
      },
    })
    await run(async () => {
      const args = ['-c', '3000000', '/dev/zero']
      const process = await createSubprocessExec('head', args, { stdout: slow })
      expect(await process.communicate()).toEqual([null, null])
    })
    expect([bytes, isEnded]).toEqual([3_000_000, true])
  })

  it('with an fd is that fd', async () => {
    const path = join(folder, 'stream')
    const stream = createWriteStream(path)
    await once(stream, 'open')
    await run(async () => {
      const process = await createSubprocessExec('echo', ['straight'], { stdout: stream })
      await process.wait()
    })
    stream.end(' and after')
    await once(stream, 'close')
    expect(readFileSync(path, 'utf8')).toContain('after')
  })

  it('that is not read to its end is destroyed', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65_536))
      },
    })
    await run(async () => {
      const process = await createSubprocessExec('head', ['-c', '10'], {
        stdin: endless,
        stdout: PIPE,
      })
      const [stdout] = await process.communicate()
      expect(stdout!.length).toBe(10)
      if (!endless.closed) await once(endless, 'close')
    })
    expect(endless.destroyed).toBe(true)
  })

  it('that fails is reported, and ends the input or the child', async () => {
    const reports: unknown[] = []
    await run(async () => {
      getRunningLoop().setExceptionHandler((_loop, { exception }) => void reports.push(exception))
      const broken = new Readable({
        read() {
          this.destroy(new Error('no more'))
        },
      })
      const cat = await createSubprocessExec('cat', [], { stdin: broken })
      expect(await cat.wait()).toBe(0)
      const full = new Writable({
        write(_chunk, _encoding, done) {
          done(new Error('full'))
        },
      })
      const yes = await createSubprocessExec('yes', [], { stdout: full })
      expect(await yes.wait()).toBe(-13)
    })
    expect(reports.map(String)).toEqual(['Error: no more', 'Error: full'])
  })

  it('needs Node’s loop, and says so before anything is started', () => {
    const stdin = Readable.from(['x'])
    expect(() =>
      runBlocking(function* () {
        yield* createSubprocessExec('cat', [], { stdin })
      }),
    ).toThrow(TypeError)
  })
})

it('an fd of a stream that is closed is refused by the system', async () => {
  const fd = openSync('/dev/null', 'r')
  closeSync(fd)
  await expect(run(createSubprocessExec('true', [], { stdin: fd + 1000 }))).rejects.toMatchObject({
    code: 'EBADF',
  })
})
