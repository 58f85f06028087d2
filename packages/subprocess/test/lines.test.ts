import { describe, expect, it } from 'vitest'
import { InvalidStateError, isCancelled } from '@tsyncio/loop'
import { LimitOverrunError } from '@tsyncio/streams'
import { coroutine, createTask, gather, run, sleep, type Gen } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  PIPE,
  runProcess,
  STDOUT,
  type Process,
  type ProcessLine,
  type ProcessLines,
} from '@tsyncio/subprocess'

import { leakCheck } from './leak-check.js'
import { patient } from './patient.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const both = { stdout: PIPE, stderr: PIPE } as const

function* readAll(lines: ProcessLines): Gen<ProcessLine[]> {
  const all: ProcessLine[] = []
  for (let line; (line = yield* lines.read()) !== null;) all.push(line)
  return all
}

const out = (text: string): ProcessLine => ({ source: 'stdout', text })
const err = (text: string): ProcessLine => ({ source: 'stderr', text })

onEachDriver('the lines of a process', (runs) => {
  it('come from stdout and stderr, each with where it comes from', async () => {
    await runs(function* () {
      // Each line is answered, so that the order is known.
      const command = 'echo 1; read x; echo 2 >&2; read x; echo 3'
      const process = yield* createSubprocessShell(command, { ...both, stdin: PIPE })
      const lines = process.lines()
      for (const line of [out('1'), err('2'), out('3')]) {
        expect(yield* lines.read()).toEqual(line)
        process.stdin!.write('\n')
      }
      expect(yield* lines.read()).toBe(null)
      expect(yield* lines.read()).toBe(null)
      yield* process.close()
    })
  })

  it('keep the order in which they came when nobody has read them yet', async () => {
    await runs(function* () {
      const command = 'echo 1; read x; echo 2 >&2; read x; echo 3; echo 4; exec >&-; read x'
      const process = yield* createSubprocessShell(command, { ...both, stdin: PIPE })
      const lines = process.lines()
      yield* sleep(60)
      process.stdin!.write('\n')
      yield* sleep(60)
      process.stdin!.write('\n\n')
      yield* process.wait()
      expect(yield* readAll(lines)).toEqual([out('1'), err('2'), out('3'), out('4')])
      yield* process.close()
    })
  })

  it('come in the order in which they were written from one pipe', async () => {
    await runs(function* () {
      const command = 'for i in 1 2 3; do echo $i; echo $i >&2; done'
      const process = yield* createSubprocessShell(command, { stdout: PIPE, stderr: STDOUT })
      const lines = yield* readAll(process.lines())
      expect(lines.map(({ text }) => text).join()).toBe('1,1,2,2,3,3')
      yield* process.wait()
    })
  })

  it('come from one of the two, and the other is left alone', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo 1; echo 2 >&2', both)
      expect(yield* readAll(process.lines({ source: 'stderr' }))).toEqual([err('2')])
      expect(String(yield* process.stdout!.read())).toBe('1\n')
      yield* process.wait()
    })
  })

  it('have no ends, of either kind, and the last may lack one', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('printf', ['a\\r\\n\\nb\\rc\\n\\r\\nlast'], {
        stdout: PIPE,
      })
      const lines = yield* readAll(process.lines())
      expect(lines.map(({ text }) => text)).toEqual(['a', '', 'b\rc', '', 'last'])
      yield* process.wait()
    })
  })

  it('are whole characters wherever the output is split', async () => {
    const text = 'aß€😀z'
    const bytes = Buffer.from(`${text}\n`)
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const lines = process.lines()
      for (let at = 1; at < bytes.length; at++) {
        const line = createTask(lines.read())
        process.stdin!.write(bytes.subarray(0, at))
        yield* sleep(2)
        process.stdin!.write(bytes.subarray(at))
        expect(yield* line).toEqual(out(text))
      }
      process.stdin!.write(Buffer.of(0x61, 0xff, 0xe2, 0x82, 0x0a))
      expect(yield* lines.read()).toEqual(out('a\ufffd\ufffd'))
      process.stdin!.close()
      expect(yield* lines.read()).toBe(null)
      yield* process.wait()
    })
  })

  it('give back the rest when they are closed, down to the byte', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(
        'printf "1\\n2\\r\\nha"; read x; echo lf; read x',
        {
          stdin: PIPE,
          stdout: PIPE,
        },
      )
      const lines = process.lines()
      expect(yield* lines.read()).toEqual(out('1'))
      lines.close()
      lines.close()
      expect(String(yield* process.stdout!.readExactly(5))).toBe('2\r\nha')
      process.stdin!.write('\n')
      expect(String(yield* process.stdout!.readLine())).toBe('lf\n')
      process.stdin!.write('\n')
      expect(yield* process.stdout!.read()).toBe(null)
      yield* process.close()
    })
  })

  it('give back the rest also of what has ended', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 3; echo bad >&2', both)
      yield* process.wait()
      yield* sleep(10)
      const lines = process.lines()
      expect(yield* lines.read()).toEqual(out('1'))
      lines.close()
      expect(String(yield* process.stdout!.read())).toBe('2\n3\n')
      expect(String(yield* process.stderr!.read())).toBe('bad\n')
      const again = process.lines()
      expect(yield* again.read()).toBe(null)
    })
  })

  it('take what the readers have', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 4', { stdout: PIPE })
      expect(String(yield* process.stdout!.readLine())).toBe('1\n')
      expect(yield* readAll(process.lines())).toEqual([out('2'), out('3'), out('4')])
      yield* process.wait()
    })
  })

  it('can be taken by one after the other', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 100000', { stdout: PIPE })
      let next = 1
      while (next < 100_000) {
        const lines = process.lines()
        for (const last = Math.min(next + 9999, 100_000); next <= last; next++) {
          const line = yield* lines.read()
          if (line?.text !== String(next)) throw new Error(`${line?.text} for ${next}`)
        }
        lines.close()
      }
      expect(yield* process.stdout!.read()).toBe(null)
      yield* process.wait()
    })
  })

  it('lose nothing when a read is cancelled', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const lines = process.lines()
      const reading = createTask(lines.read())
      yield* sleep(1)
      reading.cancel()
      const [outcome] = yield* gather([reading], { returnExceptions: true })
      expect(isCancelled((outcome as PromiseRejectedResult).reason)).toBe(true)
      process.stdin!.write('still here\n')
      expect(yield* lines.read()).toEqual(out('still here'))
      process.stdin!.close()
      yield* process.wait()
      expect(yield* lines.read()).toBe(null)
    })
  })

  it('are read by one at a time, and by nobody once they are closed', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const lines = process.lines()
      const reading = createTask(lines.read())
      yield* sleep(1)
      const second = createTask(lines.read())
      const [outcome] = yield* gather([second], { returnExceptions: true })
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(InvalidStateError)
      lines.close()
      expect(yield* reading).toBe(null)
      const [third] = yield* gather([lines.read()], { returnExceptions: true })
      expect((third as PromiseRejectedResult).reason).toBeInstanceOf(InvalidStateError)
      expect(yield* lines.next()).toEqual({ done: true, value: undefined })
      yield* process.close()
    })
  })

  it('are those of one at a time', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo 1; echo 2 >&2; read x', {
        ...both,
        stdin: PIPE,
      })
      const lines = process.lines({ source: 'stderr' })
      expect(() => process.lines()).toThrow(/lines of stderr are being read already/)
      expect(String(yield* process.stdout!.readLine())).toBe('1\n')
      expect(yield* lines.read()).toEqual(err('2'))
      lines.close()
      process.lines().close()
      process.stdin!.write('\n')
      expect(yield* process.stderr!.read()).toBe(null)
      // Those that have come to their end are no hindrance.
      expect(yield* process.lines().read()).toBe(null)
      expect(yield* process.lines().read()).toBe(null)
      yield* process.close()
    })
  })

  it('that are too long are an error after all others, and stay in the reader', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo 1; echo 23456; exec sleep 60', {
        stdout: PIPE,
      })
      const lines = process.lines({ limit: 3 })
      expect(yield* lines.read()).toEqual(out('1'))
      for (let time = 0; time < 2; time++) {
        let error: unknown
        try {
          yield* lines.read()
        } catch (e) {
          error = e
        }
        expect(error).toBeInstanceOf(LimitOverrunError)
      }
      lines.close()
      expect(String(yield* process.stdout!.readLine())).toBe('23456\n')
      yield* process.close()
    })
  })

  it('of a process that is closed are what it has said, and end', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo 1; exec sleep 60', { stdout: PIPE })
      const lines = process.lines()
      expect(yield* lines.read()).toEqual(out('1'))
      const reading = createTask(lines.read())
      yield* process.close()
      expect(yield* reading).toBe(null)
    })
  })

  it('are bounded: whoever writes faster than they are read has to wait', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('yes | head -c 10G', {
        stdout: PIPE,
        processGroup: 0,
      })
      const lines = process.lines()
      let before = 0
      let most = 0
      for (let count = 0; count < 2_000_000; count++) {
        yield* lines.read()
        if (count === 200_000) before = globalThis.process.memoryUsage.rss()
        if (count % 20_000 === 0) {
          yield* sleep(1)
          most = Math.max(most, globalThis.process.memoryUsage.rss())
        }
      }
      expect(most - before).toBeLessThan(50 * 1024 * 1024)
      yield* process.close()
      lines.close()
    })
  })

  it('stop the process while nobody reads them', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('yes', { stdout: PIPE })
      const lines = process.lines()
      yield* lines.read()
      const before = globalThis.process.memoryUsage.rss()
      yield* sleep(300)
      expect(globalThis.process.memoryUsage.rss() - before).toBeLessThan(20 * 1024 * 1024)
      yield* process.close()
      lines.close()
      expect((yield* process.stdout!.read())!.length).toBeLessThan(1024 * 1024)
    })
  })

  it('need a pipe, and options that make sense', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('true', [], { stdout: PIPE })
      expect(() => process.lines({ source: 'stderr' })).toThrow(/start it with stderr: 'pipe'/)
      expect(() => process.lines({ source: 'stdin' as never })).toThrow(/"source", got stdin/)
      expect(() => process.lines({ limit: 0 })).toThrow(RangeError)
      expect(() => process.lines(1 as never)).toThrow(TypeError)
      yield* process.wait()
      const silent = yield* createSubprocessExec('true')
      expect(() => silent.lines()).toThrow(/start it with stdout: 'pipe'/)
      yield* silent.wait()
      yield* process.close()
    })
  })

  it('are what its terminal shows, in order, if it has one', async () => {
    await runs(function* () {
      const command = 'for i in 1 2 3; do echo $i; echo e$i >&2; done; printf last'
      const process = yield* createSubprocessShell(command, { pty: true })
      const lines = yield* readAll(process.lines())
      expect(lines).toEqual(['1', 'e1', '2', 'e2', '3', 'e3', 'last'].map(out))
      expect(yield* process.wait()).toBe(0)
      yield* process.close()
    })
  })

  it('of a terminal stand beside those of a pipe', async () => {
    await runs(function* () {
      const command = 'echo 1; echo 2 >&2'
      const first = yield* createSubprocessShell(command, { pty: true, stderr: PIPE })
      const mixed = yield* readAll(first.lines())
      expect(mixed).toHaveLength(2)
      expect(mixed).toEqual(expect.arrayContaining([out('1'), err('2')]))
      const second = yield* createSubprocessShell(command, { pty: true, stdout: PIPE })
      expect(yield* readAll(second.lines({ source: 'stderr' }))).toEqual([err('2')])
      expect(String(yield* second.stdout!.read())).toBe('1\n')
      const third = yield* createSubprocessShell('tty', { pty: true, ...both })
      expect(yield* readAll(third.lines())).toEqual([out(third.pty!.path)])
      for (const process of [first, second, third]) yield* process.close()
    })
  })

  it('of a terminal are given back to its reader, and come while it is typed at', async () => {
    await patient(runs)(function* () {
      const command = 'stty -echo; echo up; read x; echo "<$x>"; wc -c; printf end'
      const process = yield* createSubprocessShell(command, { pty: true })
      const { reader, writer } = process.pty!
      const lines = process.lines()
      expect(() => process.lines()).toThrow(/being read already/)
      expect(yield* lines.read()).toEqual(out('up'))
      writer.write('typed\r')
      expect(yield* lines.read()).toEqual(out('<typed>'))
      // More than the terminal takes at once: the writer has to hear when there is room.
      for (let i = 0; i < 3000; i++) writer.write(`${'x'.repeat(99)}\r`)
      yield* writer.drain()
      lines.close()
      writer.write('\x04')
      yield* writer.drain()
      expect(String(yield* reader.read())).toBe('300000\r\nend')
      expect(yield* process.wait()).toBe(0)
      yield* process.close()
    })
  })

  it('are an input for another process', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('seq 3', { stdout: PIPE })
      const { stdout } = yield* runProcess('cat', [], { input: texts(process) })
      expect(stdout).toBe('<1><2><3>')
      yield* process.wait()
    })
  })
})

/** In which there is no wait but our own, so that it works with either driver. */
function texts(process: Process): AsyncIterable<string> {
  const lines = process.lines()
  function* next(): Gen<IteratorResult<string, undefined>> {
    const line = yield* lines.read()
    return line === null
      ? { done: true, value: undefined }
      : { done: false, value: `<${line.text}>` }
  }
  return { [Symbol.asyncIterator]: () => ({ next: () => coroutine(next()) }) }
}

describe('the lines of a process in async code', () => {
  it('are given to for await, and leaving it gives back the rest', async () => {
    await run(async () => {
      const process = await createSubprocessShell('seq 5', { stdout: PIPE })
      const texts: string[] = []
      for await (const { text } of process.lines()) {
        texts.push(text)
        if (text === '3') break
      }
      expect(texts).toEqual(['1', '2', '3'])
      expect(String(await process.stdout!.read())).toBe('4\n5\n')
      await process.wait()
    })
  })

  it('are those of a terminal, and of one below a guardian too', async () => {
    await run(async () => {
      for (const tree of [false, true]) {
        const process = await createSubprocessShell('seq 5; echo bad >&2', { pty: true, tree })
        const texts: string[] = []
        for await (const { text } of process.lines()) {
          texts.push(text)
          if (text === '3') break
        }
        expect(texts).toEqual(['1', '2', '3'])
        expect(String(await process.pty!.reader.read())).toBe('4\r\n5\r\nbad\r\n')
        await process.close()
      }
    })
  })

  it('end a for await', async () => {
    await run(async () => {
      const process = await createSubprocessShell('seq 2', both)
      const texts: string[] = []
      for await (const { text } of process.lines()) texts.push(text)
      expect(texts).toEqual(['1', '2'])
      await process.wait()
    })
  })

  it('are closed by using', async () => {
    await run(async () => {
      const process = await createSubprocessShell('seq 2', { stdout: PIPE })
      {
        using lines = process.lines()
        expect(await lines.read()).toEqual(out('1'))
      }
      expect(String(await process.stdout!.read())).toBe('2\n')
      await process.wait()
    })
  })
})
