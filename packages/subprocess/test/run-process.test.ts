import { mkdtempSync, openSync, closeSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isCancelled } from '@tsyncio/loop'
import { createTask, gather, moveOnAfter, run, sleep, TimeoutError, type Gen } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  OutputLimitError,
  ProcessFailedError,
  ProcessTimeoutError,
  runProcess,
  type RunProcessOptions,
  waitForFile,
} from '@tsyncio/subprocess'

import { children } from './children.js'
import { failureOf } from './failure-of.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const sh = (command: string) => ['-c', command] as const

/** A file for a shell to make when it is as far as a test wants it. */
const marker = (): string => join(mkdtempSync(join(tmpdir(), 'run-')), 'marker')

function* shellFailure(command: string, options: RunProcessOptions = {}): Gen<unknown> {
  return yield* failureOf(() => runProcess('sh', sh(command), options))
}

onEachDriver('a program that is run', (runs) => {
  it('gives its output as text, its code and the time it took', async () => {
    const result = await runs(function* () {
      return yield* runProcess('sh', sh('echo out; echo err >&2'))
    })
    expect(result).toMatchObject({
      command: ['sh', '-c', 'echo out; echo err >&2'],
      returncode: 0,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      usage: { maxRss: expect.any(Number) as number },
    })
    expect(result.durationMs).toBeGreaterThan(0)
  })

  it('tells what it used of the CPU and of memory', async () => {
    await runs(function* () {
      const spin = 'import time; x = b"." * 50_000_000\nwhile time.process_time() < 0.05: pass'
      const { usage } = yield* runProcess('python3', ['-c', spin])
      expect(usage!.userMs + usage!.systemMs).toBeGreaterThanOrEqual(49)
      expect(usage!.maxRss).toBeGreaterThan(50_000_000)
    })
  })

  it('gives bytes on request, in order and untouched', async () => {
    const { stdout } = await runs(function* () {
      return yield* runProcess('printf', ['a\\377\\000b'], { encoding: 'buffer' })
    })
    expect([...stdout]).toEqual([0x61, 0xff, 0, 0x62])
  })

  it('puts stderr where stdout goes, in order', async () => {
    await runs(function* () {
      const command = sh('echo 1; echo 2 >&2; echo 3')
      for (const options of [{ merge: true }, { stderr: 'stdout' }] as const) {
        const result = yield* runProcess('sh', command, options)
        expect([result.stdout, result.stderr]).toEqual(['1\n2\n3\n', null])
      }
    })
  })

  it('reads nothing unless it is given something', async () => {
    await runs(function* () {
      expect((yield* runProcess('cat')).stdout).toBe('')
      expect((yield* runProcess('cat', [], { stdin: 'pipe' })).stdout).toBe('')
    })
  })

  it('writes to what it is given instead, of which nothing is read', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'run-')), 'out')
    const fd = openSync(path, 'w+')
    await runs(function* () {
      const result = yield* runProcess('sh', sh('echo x; echo y >&2'), {
        stdout: fd,
        stderr: 'null',
      })
      expect([result.stdout, result.stderr]).toEqual([null, null])
      expect((yield* runProcess('cat', [], { input: { file: path } })).stdout).toBe('x\n')
    })
    closeSync(fd)
  })

  it('that fails is an error with all that is known', async () => {
    const error = await runs(() => shellFailure('echo out; echo "it broke" >&2; exit 3'))
    expect(error).toBeInstanceOf(ProcessFailedError)
    expect(error).toMatchObject({
      name: 'ProcessFailedError',
      code: 'ERR_TSYNCIO_PROCESS_FAILED',
      result: { returncode: 3, signal: null, stdout: 'out\n', stderr: 'it broke\n' },
    })
    expect((error as Error).message).toMatch(
      /^`sh -c 'echo out; echo "it broke" >&2; exit 3'` exited with code 3 after \d+ ms:\nit broke$/,
    )
  })

  it('that is killed is an error with the name of the signal', async () => {
    const error = await runs(() => shellFailure('kill -KILL $$'))
    expect(error).toMatchObject({ result: { returncode: -9, signal: 'SIGKILL' } })
    expect((error as Error).message).toMatch(
      /^`sh -c 'kill -KILL \$\$'` was ended by SIGKILL after \d+ ms\.$/,
    )
  })

  it('that fails is none with check: false', async () => {
    const result = await runs(function* () {
      return yield* runProcess('sh', sh('exit 3'), { check: false })
    })
    expect(result.returncode).toBe(3)
  })

  it('says only the last of what it said', async () => {
    const error = await runs(() => shellFailure('seq 1000 >&2; exit 1'))
    expect((error as Error).message).toMatch(/:\n\.\.\.\n991\n992\n.*1000$/s)
    expect((error as ProcessFailedError).result.stderr).toHaveLength(3893)
  })

  it('says what stdout has when stderr goes there', async () => {
    const error = await runs(() => shellFailure('echo here >&2; exit 1', { merge: true }))
    expect((error as Error).message).toMatch(/:\nhere$/)
  })

  it('cannot be started, and says so as it is', async () => {
    const error = await runs(() =>
      failureOf(() => runProcess('no-such-program', [], { input: 'x' })),
    )
    expect(error).toMatchObject({ code: 'ENOENT', path: 'no-such-program' })
  })

  it('cannot be started, and its input is closed', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'run-')), 'input')
    writeFileSync(path, 'x')
    await runs(function* () {
      for (const input of [{ file: path }, ['x']]) {
        const error = yield* failureOf(() => runProcess('no-such-program', [], { input }))
        expect(error).toMatchObject({ code: 'ENOENT', path: 'no-such-program' })
      }
    })
  })

  it('that takes too long is ended, politely, and what it said is kept', async () => {
    const command = "echo begun; trap 'echo bye; exit 4' TERM; while :; do sleep 0.01; done"
    const error = await runs(() => shellFailure(command, { timeout: 1000, stderr: 'null' }))
    expect(error).toBeInstanceOf(ProcessTimeoutError)
    expect(error).toBeInstanceOf(ProcessFailedError)
    expect(error).toMatchObject({
      name: 'ProcessTimeoutError',
      code: 'ERR_TSYNCIO_PROCESS_TIMEOUT',
      timeout: 1000,
      result: { returncode: 4, stdout: 'begun\nbye\n' },
    })
    expect((error as Error).message).toMatch(/` took longer than 1000 ms, and exited with code 4:/)
  })

  it('that takes too long and does not listen is killed after the grace', async () => {
    const error = await runs(() =>
      shellFailure("trap '' TERM; while :; do sleep 0.01; done", { timeout: 1000, grace: 20 }),
    )
    expect(error).toMatchObject({ result: { returncode: -9, signal: 'SIGKILL' } })
  })

  it('has the time that it takes with timeout: null, and no time with 0', async () => {
    await runs(function* () {
      yield* runProcess('true', [], { timeout: null })
      expect(yield* shellFailure('exec sleep 60', { timeout: 0 })).toBeInstanceOf(
        ProcessTimeoutError,
      )
    })
  })

  it('that writes too much is ended, and what was read is kept, to the byte', async () => {
    const error = await runs(() => shellFailure('yes', { maxOutput: 1001 }))
    expect(error).toBeInstanceOf(OutputLimitError)
    expect(error).toMatchObject({
      name: 'OutputLimitError',
      code: 'ERR_TSYNCIO_OUTPUT_LIMIT',
      maxOutput: 1001,
      result: { stdout: `${'y\n'.repeat(500)}y`, returncode: -15 },
    })
    expect((error as Error).message).toMatch(/^`sh -c yes` wrote more than 1001 bytes /)
  })

  it('may write as much as it may, to stdout and stderr together', async () => {
    await runs(function* () {
      const command = 'printf 12345; printf 678 >&2'
      const { stdout, stderr } = yield* runProcess('sh', sh(command), { maxOutput: 8 })
      expect([stdout, stderr]).toEqual(['12345', '678'])
      const error = yield* shellFailure(command, { maxOutput: 7, check: false })
      expect(error).toBeInstanceOf(OutputLimitError)
    })
  })

  it('is ended before a cancellation goes on', async () => {
    await runs(function* () {
      const ready = marker()
      const command = `trap 'sleep 0.1; exit' TERM; : >${ready}; while :; do sleep 0.01; done`
      const task = createTask(runProcess('sh', sh(command)))
      yield* waitForFile(ready)
      task.cancel()
      const [outcome] = yield* gather([task], { returnExceptions: true })
      expect(isCancelled((outcome as PromiseRejectedResult).reason)).toBe(true)
      expect(children()).toEqual([])
    })
  })

  it('is killed at once by a second cancellation', async () => {
    await runs(function* () {
      const ready = marker()
      const command = `trap '' TERM; : >${ready}; while :; do sleep 0.01; done`
      const task = createTask(runProcess('sh', sh(command), { grace: 60_000 }))
      yield* waitForFile(ready)
      task.cancel()
      yield* sleep(20)
      expect(children()).toHaveLength(1)
      task.cancel()
      const [outcome] = yield* gather([task], { returnExceptions: true })
      expect(isCancelled((outcome as PromiseRejectedResult).reason)).toBe(true)
    })
  })

  it('is cancelled also while it is being ended for what it writes', async () => {
    await runs(function* () {
      const told = marker()
      const command = `trap ': >${told}' TERM; while :; do echo y; done`
      const options = { maxOutput: 2, grace: 60_000 }
      const task = createTask(runProcess('sh', sh(command), options))
      yield* waitForFile(told)
      task.cancel()
      const [outcome] = yield* gather([task], { returnExceptions: true })
      expect(isCancelled((outcome as PromiseRejectedResult).reason)).toBe(true)
    })
  })

  it('has its grace in a scope that is cancelled', async () => {
    await runs(function* () {
      const path = join(mkdtempSync(join(tmpdir(), 'run-')), 'said')
      const command = `trap 'sleep 0.1; echo bye >${path}; exit' TERM; while :; do sleep 0.01; done`
      const result = yield* moveOnAfter(1000, () => runProcess('sh', sh(command)))
      expect(result).toBe(undefined)
      expect(children()).toEqual([])
      expect((yield* runProcess('cat', [path])).stdout).toBe('bye\n')
    })
  })

  it('is ended before the reason of an aborted signal is thrown', async () => {
    await runs(function* () {
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const task = createTask(runProcess('sleep', ['60'], { signal: controller.signal }))
      yield* sleep(10)
      controller.abort(reason)
      const [outcome] = yield* gather([task], { returnExceptions: true })
      expect((outcome as PromiseRejectedResult).reason).toBe(reason)
      expect(children()).toEqual([])
      const again = yield* failureOf(() =>
        runProcess('sleep', ['60'], { signal: controller.signal }),
      )
      expect(again).toBe(reason)
    })
  })

  it('is given text that it need not read', async () => {
    await runs(function* () {
      for (const input of ['x'.repeat(1_000_000), pieces()]) {
        expect((yield* runProcess('true', [], { input })).returncode).toBe(0)
      }
    })
    function* pieces() {
      for (;;) yield 'for ever\n'
    }
  })

  it('is ended when its input fails', async () => {
    const reason = new Error('no more paper')
    const error = await runs(() => shellFailure('cat; exec sleep 60', { input: failing() }))
    expect(error).toBe(reason)
    function* failing() {
      yield 'one'
      throw reason
    }
  })

  it('is ended when its input has something that cannot be written', async () => {
    const error = await runs(() => shellFailure('cat', { input: [1] as never }))
    expect(error).toBeInstanceOf(TypeError)
  })

  it('takes a file directly, by its path or its URL', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'run-')), 'in put')
    writeFileSync(path, 'in a file')
    await runs(function* () {
      for (const input of [{ file: path }, { file: pathToFileURL(path) }, pathToFileURL(path)]) {
        // It can be seeked in: it is the file, and no pipe.
        const command = 'cat; tail -c 4 /proc/self/fd/0'
        expect((yield* runProcess('sh', sh(command), { input })).stdout).toBe('in a filefile')
      }
    })
  })

  it('takes what another process writes', async () => {
    await runs(function* () {
      const source = yield* createSubprocessShell('seq 3', { stdout: 'pipe' })
      const { stdout } = yield* runProcess('cat', [], { input: source.stdout! })
      expect(stdout).toBe('1\n2\n3\n')
      yield* source.wait()
    })
  })

  it('is done when nobody reads an input that has nothing for the moment', async () => {
    await runs(function* () {
      const source = yield* createSubprocessExec('sleep', ['60'], { stdout: 'pipe' })
      expect((yield* runProcess('true', [], { input: source.stdout! })).returncode).toBe(0)
      yield* source.close()
    })
  })

  it('says which file there is not, and which is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-'))
    await runs(function* () {
      const missing = { input: { file: join(folder, 'missing') } }
      expect(yield* shellFailure('cat', missing)).toMatchObject({ code: 'ENOENT' })
      expect(yield* shellFailure('cat', { input: { file: folder } })).toBeInstanceOf(TypeError)
      yield* runProcess('mkfifo', [join(folder, 'fifo')])
      const fifo = { input: { file: join(folder, 'fifo') } }
      expect(yield* shellFailure('cat', fifo)).toBeInstanceOf(TypeError)
    })
  })

  it('is run as a process of its own group on request, with all that is left of it', async () => {
    await runs(function* () {
      const command = 'sleep 60 >/dev/null 2>&1 & echo $!'
      const { stdout } = yield* runProcess('sh', sh(command), { processGroup: 0, grace: 1000 })
      const left = yield* runProcess('kill', ['-0', stdout.trim()], { check: false })
      // A zombie that nobody reaps still has its number.
      const state = yield* runProcess('ps', ['-o', 'stat=', '-p', stdout.trim()], { check: false })
      expect(left.returncode === 1 || state.stdout.startsWith('Z')).toBe(true)
    })
  })
})

onEachDriver('a text that a program writes', (runs) => {
  const text = 'aß€😀z'
  const bytes = Buffer.from(text)

  it('is whole wherever it is split', async () => {
    await runs(function* () {
      for (let at = 1; at < bytes.length; at++) {
        const input = function* (): Generator<Buffer> {
          yield bytes.subarray(0, at)
          yield bytes.subarray(at)
        }
        // Each piece is read and written by itself.
        const { stdout } = yield* runProcess('dd', ['bs=64', 'status=none'], { input: input() })
        expect(stdout).toBe(text)
      }
    })
  })

  it('has U+FFFD for bytes that are no text, and for no others', async () => {
    await runs(function* () {
      const input = Buffer.concat([bytes, Buffer.of(0xff), bytes, Buffer.of(0xe2, 0x82)])
      const { stdout } = yield* runProcess('cat', [], { input })
      expect(stdout).toBe(`${text}\ufffd${text}\ufffd`)
    })
  })

  it('keeps a byte-order mark', async () => {
    await runs(function* () {
      expect((yield* runProcess('cat', [], { input: '\ufeffx' })).stdout).toBe('\ufeffx')
    })
  })

  it('ends before a character that the limit would have split', async () => {
    await runs(function* () {
      for (let most = 0; most < bytes.length; most++) {
        const error = yield* failureOf(() =>
          runProcess('cat', [], { input: bytes, maxOutput: most }),
        )
        const { stdout } = (error as OutputLimitError).result
        expect(text.startsWith(stdout as string)).toBe(true)
        expect(most - Buffer.byteLength(stdout as string)).toBeLessThan(4)
      }
    })
  })
})

describe('a program that is run in async code', () => {
  it('gives its output, or fails', async () => {
    await run(async () => {
      expect((await runProcess('echo', ['hello'])).stdout).toBe('hello\n')
      await expect(runProcess('false')).rejects.toThrow(ProcessFailedError)
    })
  })

  it('is no TimeoutError of somebody else’s', async () => {
    await run(async () => {
      const reason = new TimeoutError('not yours')
      const input = (async function* () {
        yield 'x'
        throw reason
      })()
      await expect(runProcess('cat', [], { input, timeout: 20_000 })).rejects.toBe(reason)
    })
  })
})

describe('a bad argument of runProcess', () => {
  const bad: [string, () => unknown, typeof TypeError | typeof RangeError, RegExp][] = [
    ['program', () => runProcess(7 as never), TypeError, /the program, got 7/],
    ['args', () => runProcess('true', 'x' as never), TypeError, /array of arguments/],
    ['options', () => runProcess('true', [], 1 as never), TypeError, /options/],
    ['input', options({ input: 7 }), TypeError, /input, got 7/],
    ['input null', options({ input: null }), TypeError, /input, got null/],
    ['input URL', options({ input: new URL('http://x') }), TypeError, /the URL http:/],
    ['input path', options({ input: { file: 'a\0b' } }), TypeError, /input/],
    ['input and stdin', options({ input: '', stdin: 0 }), TypeError, /"stdin"/],
    ['encoding', options({ encoding: 'latin1' }), TypeError, /"encoding", got latin1/],
    ['maxOutput', options({ maxOutput: -1 }), RangeError, /"maxOutput"/],
    ['maxOutput type', options({ maxOutput: '1' }), TypeError, /"maxOutput"/],
    ['timeout', options({ timeout: Number.NaN }), RangeError, /"timeout"/],
    ['timeout type', options({ timeout: '1' }), TypeError, /"timeout"/],
    ['grace', options({ grace: -1 }), RangeError, /"grace"/],
    ['grace null', options({ grace: null }), TypeError, /"grace"/],
    ['check', options({ check: 0 }), TypeError, /"check"/],
    ['merge', options({ merge: 'yes' }), TypeError, /"merge"/],
    ['merge and stderr', options({ merge: true, stderr: 'null' }), TypeError, /"merge"/],
    ['signal', options({ signal: 1 }), TypeError, /"signal"/],
    ['cwd', options({ cwd: 1 }), TypeError, /"cwd"/],
  ]

  function options(value: object): () => unknown {
    return () => runProcess('true', [], value)
  }

  it.each(bad)('is refused at the door: %s', (_name, call, kind, message) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
  })
})
