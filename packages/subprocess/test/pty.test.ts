import { closeSync, existsSync, openSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InvalidStateError } from '@tsyncio/loop'
import { getTerminalSize, openTerminal, setTerminalMode } from '@tsyncio/streams'
import { createSubprocessExec, createSubprocessShell, openPty, PIPE } from '@tsyncio/subprocess'
import { createTask, run, sleep } from '@tsyncio/tasks'

import { leakCheck } from './leak-check.js'
import { patient } from './patient.js'
import { onEachDriver } from './spellings.js'

leakCheck()

onEachDriver('a pair', (runner) => {
  const runs = patient(runner)

  it('shows what a child writes, up to the end of the last that has it', async () => {
    await runs(function* () {
      const pty = openPty()
      const { fd } = pty
      const stdio = { stdin: fd, stdout: fd, stderr: fd }
      const child = yield* createSubprocessShell('tty; echo err >&2', stdio)
      pty.closeTerminal()
      expect(pty.fd).toBe(-1)
      expect(String(yield* pty.reader.read())).toBe(`${pty.path}\r\nerr\r\n`)
      expect(yield* pty.reader.read()).toBeNull()
      expect(yield* child.wait()).toBe(0)
      yield* pty.writer.waitClosed()
    })
  })

  it('echoes and translates, unless it is raw', async () => {
    await runs(function* () {
      for (const [options, shown] of [
        [{}, 'a\r\n'],
        [{ echo: false }, ''],
        [{ raw: true }, ''],
        [{ raw: true, echo: true }, 'a^M'],
      ] as const) {
        const pty = openPty(options)
        const terminal = openTerminal(openSync(pty.path, 'r+'))
        pty.writer.write('a\r')
        const cooked = !('raw' in options)
        expect(String(yield* terminal.reader.readExactly(2))).toBe(cooked ? 'a\n' : 'a\r')
        terminal.writer.write('|\n')
        const all = `${shown}|${cooked ? '\r' : ''}\n`
        expect(String(yield* pty.reader.readExactly(all.length))).toBe(all)
        pty.close()
        yield* terminal.writer.waitClosed()
      }
    })
  })

  it('loses nothing that was written before the end', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i + 1}\r\n`).join('')
    await runs(function* () {
      for (let i = 0; i < 5; i++) {
        const child = yield* createSubprocessExec('seq', ['20000'], { pty: true })
        expect(String(yield* child.pty!.reader.read()) === lines).toBe(true)
        expect(yield* child.wait()).toBe(0)
        // Here nobody reads before everybody has gone.
        const quick = yield* createSubprocessExec('seq', ['900'], { pty: true })
        expect(yield* quick.wait()).toBe(0)
        expect(String(yield* quick.pty!.reader.read())).toBe(lines.slice(0, 4392))
      }
    })
  })

  it('does not hang up a child that has let go of it and is about to exit', async () => {
    const command = 'echo all; exec <&- >&- 2>&-; sleep 0.1; exit 5'
    await runs(function* () {
      const child = yield* createSubprocessShell(command, { pty: true })
      expect(String(yield* child.pty!.reader.read())).toBe('all\r\n')
      yield* child.pty!.writer.waitClosed()
      expect(yield* child.wait()).toBe(5)
    })
  })

  it('of a child is closed, when that has ended and all was read', async () => {
    await runs(function* () {
      const fds = readdirSync('/proc/self/fd')
      const child = yield* createSubprocessExec('echo', ['all'], { pty: true })
      yield* child.pty!.reader.read()
      yield* child.wait()
      yield* sleep(0)
      expect(readdirSync('/proc/self/fd')).toEqual(fds)
    })
  })

  it('lets the rest be read when there is nobody who takes what is written', async () => {
    await runs(function* () {
      const child = yield* createSubprocessExec('seq', ['900'], {
        pty: { limit: 10, bufferLimit: 10, raw: true },
      })
      expect(yield* child.wait()).toBe(0)
      const { reader, writer } = child.pty!
      const writing = createTask(function* () {
        for (;;) {
          writer.write(Buffer.alloc(100_000))
          yield* writer.drain()
        }
      })
      yield* writer.waitClosed()
      while (!writing.done()) yield* sleep(0)
      expect(writing.exception()).toMatchObject({ code: 'ECONNRESET' })
      expect(String(yield* reader.readExactly(3492)).endsWith('900\n')).toBe(true)
      expect(yield* reader.read()).toBeNull()
    })
  })

  it('ends though not all that was written has been taken', async () => {
    await runs(function* () {
      const child = yield* createSubprocessExec('sleep', ['0.1'], { pty: { raw: true } })
      child.pty!.writer.write(Buffer.alloc(1_000_000))
      expect(yield* child.pty!.reader.read()).toBeNull()
      yield* child.pty!.writer.waitClosed()
      expect(yield* child.wait()).toBe(0)
    })
  })

  it('stops a child whose output nobody reads, and keeps little of it', async () => {
    await runs(function* () {
      const child = yield* createSubprocessExec('yes', ['x'.repeat(1000)], {
        pty: { limit: 2000 },
      })
      const { reader } = child.pty!
      const transport = reader.transport!
      while (transport.isReading()) yield* sleep(1)
      const memory = process.memoryUsage().rss
      for (let i = 0; i < 20_000; i++) {
        expect((yield* reader.readLine())?.length).toBe(1002)
      }
      expect(process.memoryUsage().rss - memory).toBeLessThan(50_000_000)
      while (transport.isReading()) yield* sleep(1)
      // The limits, and one read: a terminal that is filled meanwhile gives more than it holds.
      expect(reader.takeBuffered().length).toBeLessThanOrEqual(4000 + 262_144)
      yield* child.close()
    })
  })

  it('has a size, which its programs see', async () => {
    await runs(function* () {
      const pty = openPty()
      expect(pty.size).toEqual({ columns: 80, rows: 24 })
      pty.resize({ columns: 0, rows: 65_535 })
      expect(getTerminalSize(pty.fd)).toEqual({ columns: 0, rows: 65_535 })
      const { fd } = pty
      const child = yield* createSubprocessShell('stty cols 7 rows 8 <&0', { stdin: fd })
      yield* child.wait()
      expect(pty.size).toEqual({ columns: 7, rows: 8 })
      pty.closeTerminal()
      expect(yield* pty.reader.read()).toBeNull()
      // Nobody is there to see it.
      pty.resize({ columns: 1, rows: 1 })
      expect(pty.size).toEqual({ columns: 7, rows: 8 })
      expect(() => pty.mode).toThrow(InvalidStateError)
    })
  })

  it('is closed with its loop at the latest, both sides', async () => {
    let path = ''
    await runs(function* () {
      path = openPty().path
      expect(existsSync(path)).toBe(true)
    })
    expect(existsSync(path)).toBe(false)
  })

  it('says what is wrong once it is closed', async () => {
    await runs(function* () {
      const pty = openPty()
      const reading = createTask(pty.reader.read())
      yield* sleep(0)
      pty.close()
      pty.close()
      expect(yield* reading).toBeNull()
      expect(() => pty.resize({ columns: 1, rows: 1 })).toThrow(`${pty.path} is closed`)
      expect(() => pty.setMode({ raw: true })).toThrow(InvalidStateError)
      expect(() => pty.mode).toThrow(InvalidStateError)
      expect([pty.fd, pty.foregroundGroup, pty.toString()]).toEqual([-1, null, '<Pty closed>'])
      expect(pty.size).toEqual({ columns: 80, rows: 24 })
    })
  })

  it('refuses to end one direction', async () => {
    await runs(function* () {
      const pty = openPty()
      expect(pty.writer.canWriteEof()).toBe(false)
      expect(() => pty.writer.writeEof()).toThrow(/cannot end one direction.*Ctrl-D/)
      pty.close()
    })
  })
})

describe('a pair, in async functions', () => {
  it('is closed by `await using`', async () => {
    let path = ''
    await run(async () => {
      await using pty = openPty({ raw: true })
      path = pty.path
      await using terminal = openTerminal(openSync(path, 'r+'))
      terminal.writer.write('up')
      expect(String(await pty.reader.readExactly(2))).toBe('up')
      pty.writer.write('down')
      expect(String(await terminal.reader.readExactly(4))).toBe('down')
    })
    expect(existsSync(path)).toBe(false)
  })
})

describe('bad input', () => {
  it('is refused, with the name of what is wrong', async () => {
    await run(async () => {
      for (const bad of [-1, 65_536, 1.5, NaN, Infinity]) {
        expect(() => openPty({ columns: bad })).toThrow(RangeError)
        expect(() => openPty({ rows: bad })).toThrow('"rows"')
      }
      for (const bad of ['80', null, {}, 8n]) {
        expect(() => openPty({ columns: bad as never })).toThrow(TypeError)
        expect(() => openPty({ raw: bad as never })).toThrow(TypeError)
      }
      expect(() => openPty(null as never)).toThrow(TypeError)
      expect(() => openPty({ limit: 0 })).toThrow(RangeError)
      await using pty = openPty()
      expect(() => pty.resize({ columns: 1, rows: -1 })).toThrow(RangeError)
      expect(() => pty.resize({ columns: 1 } as never)).toThrow(TypeError)
      expect(() => pty.resize(undefined as never)).toThrow(TypeError)
      expect(() => pty.setMode({ echo: 1 as never })).toThrow(TypeError)
    })
  })

  it('is refused as the option of a process', async () => {
    const start = (options: object) => () => createSubprocessExec('true', [], options)
    expect(start({ pty: 'yes' })).toThrow(TypeError)
    expect(start({ pty: { rows: 70_000 } })).toThrow(RangeError)
    expect(start({ pty: true, processGroup: 0 })).toThrow('"processGroup"')
    expect(start({ pty: true, startNewSession: true })).toThrow('"startNewSession"')
    expect(start({ pty: true, stdin: PIPE, stdout: PIPE, stderr: PIPE })).toThrow('left out')
    await run(function* () {
      const child = yield* createSubprocessExec('true', [], { pty: true })
      expect(() => child.communicate()).toThrow(/has a terminal: read process.pty.reader/)
      yield* child.wait()
      yield* child.pty!.reader.read()
    })
  })

  it('that is an fd of something else is ENOTTY, and says what that is', async () => {
    const fd = openSync('/dev/null', 'r+')
    const enotty = { code: 'ENOTTY', path: '/dev/null' }
    const failure = (call: () => unknown): unknown => {
      try {
        return call()
      } catch (error) {
        return error
      }
    }
    await run(async () => {
      expect(failure(() => openTerminal(fd))).toMatchObject(enotty)
      expect(failure(() => getTerminalSize(fd))).toMatchObject(enotty)
      expect(failure(() => setTerminalMode(fd, { raw: true }))).toMatchObject(enotty)
    })
    closeSync(fd)
    expect(() => getTerminalSize(fd)).toThrow('EBADF')
    expect(() => getTerminalSize(-1)).toThrow(RangeError)
    expect(() => setTerminalMode('0' as never, {})).toThrow(TypeError)
  })

  it('of a program leaves no terminal behind', async () => {
    await run(async () => {
      await expect(createSubprocessExec('no-such-program', [], { pty: true })).rejects.toThrow(
        'ENOENT',
      )
    })
  })
})
