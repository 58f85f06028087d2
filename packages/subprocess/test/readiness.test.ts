import { mkdtempSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InvalidStateError } from '@tsyncio/loop'
import { startServer } from '@tsyncio/streams'
import { createTask, gather, run, sleep, TimeoutError, until } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  NotReadyError,
  PIPE,
  waitForFile,
  waitForLine,
  waitForPort,
  type ProcessLine,
} from '@tsyncio/subprocess'

import { failureOf } from './failure-of.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const both = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const
const folder = () => mkdtempSync(join(tmpdir(), 'ready-'))

onEachDriver('waiting for a line', (runs) => {
  it('finds what a process has shown last in a terminal', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 2500; echo ready', { pty: true })
      expect(yield* waitForLine(process, 'ready')).toMatchObject({ text: 'ready' })
      yield* process.close()
    })
  })

  it('gives the line, and leaves what comes after it, down to the byte', async () => {
    await runs(function* () {
      const command = 'echo starting; echo "port 8080"; printf "more\\nand ha"; read x; echo lf'
      const process = yield* createSubprocessShell(command, both)
      const seen: ProcessLine[] = []
      const found = yield* waitForLine(process, /^port (\d+)$/, {
        onLine: (line) => seen.push(line),
      })
      expect(found).toMatchObject({ source: 'stdout', text: 'port 8080' })
      expect(found.match?.[1]).toBe('8080')
      expect(seen.map(({ text }) => text)).toEqual(['starting', 'port 8080'])
      expect(String(yield* process.stdout!.readExactly(11))).toBe('more\nand ha')
      process.stdin!.write('\n')
      expect(String(yield* process.stdout!.read())).toBe('lf\n')
      yield* process.close()
    })
  })

  it('takes a text, an expression that goes on, or a function, from either stream', async () => {
    await runs(function* () {
      const command = 'echo one; echo two >&2; read x; echo three; echo four'
      const process = yield* createSubprocessShell(command, both)
      const two = yield* waitForLine(process, 'wo')
      expect(two).toEqual({ source: 'stderr', text: 'two', match: null })
      process.stdin!.write('\n')
      const expression = /(?<rest>ee)/g
      expression.lastIndex = 1000
      expect((yield* waitForLine(process, expression)).text).toBe('three')
      const four = yield* waitForLine(process, ({ source, text }) => source + text === 'stdoutfour')
      expect(four.text).toBe('four')
      yield* process.close()
    })
  })

  it('fails as soon as the process has ended, with what it said', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo hello; echo no port >&2; exit 3', both)
      const error = yield* failureOf(() => waitForLine(process, /listening/))
      expect(error).toBeInstanceOf(NotReadyError)
      expect(error).toMatchObject({
        name: 'NotReadyError',
        code: 'ERR_TSYNCIO_NOT_READY',
        pid: process.pid,
        returncode: 3,
      })
      expect((error as Error).message).toMatch(
        /^Process \d+ exited with code 3 before a line matched \/listening\/\. It said at last:\n/,
      )
      expect((error as Error).message.split('\n').slice(1).sort()).toEqual(['hello', 'no port'])
      yield* process.close()
    })
  })

  it('fails when the process has ended, whoever holds its pipes', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('sleep 60 & kill -KILL $$', {
        stdout: PIPE,
        processGroup: 0,
      })
      const error = yield* failureOf(() => waitForLine(process, 'ready'))
      expect((error as Error).message).toBe(
        `Process ${process.pid} was ended by SIGKILL before a line contained "ready".`,
      )
      yield* process.close()
    })
  })

  it('finds the last line of a process that has ended', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 2000; printf last', { stdout: PIPE })
      yield* process.wait()
      expect((yield* waitForLine(process, 'last')).text).toBe('last')
      yield* process.close()
    })
  })

  it('has a time, and says what was said meanwhile', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo loading; exec sleep 60', both)
      const error = yield* failureOf(() => waitForLine(process, 'ready', { timeout: 1000 }))
      expect(error).toBeInstanceOf(TimeoutError)
      expect((error as Error).message).toBe(
        'It took longer than 1000 ms until a line contained "ready". It said at last:\nloading',
      )
      expect(process.returncode).toBe(null)
      yield* process.close()
    })
  })

  it('is given up when it is cancelled or aborted, and the rest is there', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], both)
      const controller = new AbortController()
      const reason = new Error('changed my mind')
      const { signal } = controller
      const first = createTask(waitForLine(process, 'x'))
      yield* sleep(5)
      const [refused] = yield* gather([waitForLine(process, 'x')], { returnExceptions: true })
      expect((refused as PromiseRejectedResult).reason).toBeInstanceOf(InvalidStateError)
      first.cancel()
      yield* gather([first], { returnExceptions: true })
      const second = createTask(waitForLine(process, 'x', { signal }))
      yield* sleep(5)
      controller.abort(reason)
      const [aborted] = yield* gather([second], { returnExceptions: true })
      expect((aborted as PromiseRejectedResult).reason).toBe(reason)
      process.stdin!.write('still here\n')
      expect(String(yield* process.stdout!.readLine())).toBe('still here\n')
      yield* process.close()
    })
  })

  it('fails as the function that chooses does', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo 1; echo 2', { stdout: PIPE })
      const reason = new Error('no choice')
      const choose = () => {
        throw reason
      }
      expect(yield* failureOf(() => waitForLine(process, choose))).toBe(reason)
      expect(String(yield* process.stdout!.read())).toBe('2\n')
      yield* process.wait()
    })
  })
})

onEachDriver('waiting for a port', (runs) => {
  it('ends when somebody listens, at a Unix socket or by TCP', async () => {
    const path = join(folder(), 'socket')
    await runs(function* () {
      const waiting = createTask(waitForPort({ path }))
      yield* sleep(30)
      expect(waiting.done()).toBe(false)
      const unix = yield* startServer(() => undefined, { path })
      yield* waiting
      const tcp = yield* startServer(() => undefined, { host: '127.0.0.1', port: 0 })
      yield* waitForPort({ host: '127.0.0.1', port: tcp.port })
      for (const server of [unix, tcp]) {
        server.close()
        server.abortClients()
        yield* server.waitClosed()
      }
    })
  })

  it('has a time, and says what failed at last', async () => {
    await runs(function* () {
      const place = { path: join(folder(), 'nobody') }
      const error = yield* failureOf(() => waitForPort(place, { timeout: 50 }))
      expect(error).toBeInstanceOf(TimeoutError)
      expect(error).toMatchObject({ cause: { code: 'ENOENT' } })
      expect((error as Error).message).toBe(
        `It took longer than 50 ms until somebody accepted connections at the Unix socket ${place.path}.`,
      )
    })
  })

  it('fails as soon as the process has ended', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('sleep 0.05; exit 4')
      const place = { host: '127.0.0.1', port: 1 }
      const error = yield* failureOf(() => waitForPort(place, { process, timeout: null }))
      expect(error).toBeInstanceOf(NotReadyError)
      expect((error as Error).message).toBe(
        `Process ${process.pid} exited with code 4 before somebody accepted connections at port 1 of 127.0.0.1.`,
      )
    })
  })
})

onEachDriver('waiting for a file', (runs) => {
  it('ends when there is one', async () => {
    const path = join(folder(), 'ready')
    await runs(function* () {
      const process = yield* createSubprocessShell(`sleep 0.05; echo >${path}; exec sleep 60`)
      yield* waitForFile(path, { process })
      expect(process.returncode).toBe(null)
      yield* process.close()
    })
  })

  it('finds the one that the process has left behind', async () => {
    const path = join(folder(), 'ready')
    await runs(function* () {
      const process = yield* createSubprocessExec('touch', [path])
      yield* process.wait()
      expect(yield* waitForFile(path, { process })).toBe(undefined)
    })
  })

  it('has a time, and fails as soon as the process has ended', async () => {
    const path = join(folder(), 'never')
    await runs(function* () {
      const late = yield* failureOf(() => waitForFile(path, { timeout: 30 }))
      expect((late as Error).message).toBe(
        `It took longer than 30 ms until there was a file ${path}.`,
      )
      const process = yield* createSubprocessExec('true')
      const error = yield* failureOf(() => waitForFile(path, { process }))
      expect((error as Error).message).toBe(
        `Process ${process.pid} exited with code 0 before there was a file ${path}.`,
      )
    })
  })

  it('is given up when it is aborted', async () => {
    await runs(function* () {
      const reason = new Error('changed my mind')
      const signal = AbortSignal.abort(reason)
      const error = yield* failureOf(() => waitForFile(join(folder(), 'never'), { signal }))
      expect(error).toBe(reason)
    })
  })
})

describe('waiting in async code', () => {
  it('ends when it is ready', async () => {
    await run(async () => {
      const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
      await until(once(server, 'listening'))
      await waitForPort({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
      await until(new Promise((resolve) => server.close(resolve)))
      const process = await createSubprocessExec('echo', ['ready'], { stdout: PIPE })
      expect((await waitForLine(process, 'ready')).text).toBe('ready')
      await process.wait()
    })
  })
})

describe('a bad argument of what waits for readiness', () => {
  it('is refused at the door', async () => {
    await run(async () => {
      const process = await createSubprocessExec('true', [], { stdout: PIPE })
      expect(() => waitForLine({} as never, 'x')).toThrow(/Expected a process/)
      expect(() => waitForLine(undefined as never, 'x')).toThrow(/Expected a process/)
      expect(() => waitForLine(process, 7 as never)).toThrow(/for the line to wait for, got 7/)
      expect(() => waitForLine(process, 'x', { timeout: -1 })).toThrow(RangeError)
      expect(() => waitForLine(process, 'x', { source: 'x' as never })).toThrow(/"source"/)
      expect(() => waitForLine(process, 'x', { limit: 0 })).toThrow(RangeError)
      expect(() => waitForLine(process, 'x', { signal: 1 as never })).toThrow(TypeError)
      expect(() => waitForPort({} as never)).toThrow(TypeError)
      expect(() => waitForPort({ port: 70_000 })).toThrow(RangeError)
      expect(() => waitForPort({ port: 1 }, { process: {} as never })).toThrow(/"process"/)
      expect(() => waitForPort({ port: 1 }, 1 as never)).toThrow(TypeError)
      expect(() => waitForFile(1 as never)).toThrow(/the path, got 1/)
      expect(() => waitForFile('a\0b')).toThrow(/NUL/)
      expect(() => waitForFile('a', { timeout: '1' as never })).toThrow(/"timeout"/)
      await process.close()
    })
  })
})
