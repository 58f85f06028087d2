import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { run } from '@tsyncio/tasks'
import { createSubprocessExec, createSubprocessShell } from '@tsyncio/subprocess'

import { children } from './children.js'
import { leakCheck } from './leak-check.js'

leakCheck()

const piped = { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' } as const

async function failure(...args: Parameters<typeof createSubprocessExec>): Promise<unknown> {
  return run(async () => createSubprocessExec(...args)).then(
    () => 'started',
    (error: unknown) => error,
  )
}

describe('a process that cannot be started', () => {
  it('says which program there is not', async () => {
    const error = await failure('no-such-program', [], piped)
    expect(error).toMatchObject({
      name: 'OSError',
      code: 'ENOENT',
      syscall: 'spawn execve',
      path: 'no-such-program',
      message: 'spawn execve ENOENT no-such-program',
    })
  })

  it('says which file is no program', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'subprocess-')), 'file')
    writeFileSync(path, 'x', { mode: 0o644 })
    expect(await failure(path, [], piped)).toMatchObject({ code: 'EACCES', path })
  })

  it('says which folder there is not', async () => {
    expect(await failure('true', [], { ...piped, cwd: '/no/such/folder' })).toMatchObject({
      code: 'ENOENT',
      syscall: 'spawn chdir',
      path: '/no/such/folder',
    })
  })

  it('says that an fd is not open', async () => {
    expect(await failure('true', [], { ...piped, stdout: 1_000_000 })).toMatchObject({
      code: 'EBADF',
      syscall: 'spawn dup2',
    })
  })

  it('says that a process group is out of reach', async () => {
    expect(await failure('true', [], { ...piped, processGroup: 2 ** 30 })).toMatchObject({
      code: 'EPERM',
      syscall: 'spawn setpgid',
    })
  })

  it('says that there are too many arguments', async () => {
    const args = Array.from({ length: 64 }, () => 'x'.repeat(100_000))
    expect(await failure('true', args, piped)).toMatchObject({ code: 'E2BIG' })
  })

  it('is not even tried when its signal is aborted', async () => {
    const reason = new Error('changed my mind')
    expect(await failure('true', [], { ...piped, signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(children()).toEqual([])
  })
})

describe('a bad argument', () => {
  const bad: [string, () => unknown, typeof TypeError | typeof RangeError, RegExp][] = [
    ['program', () => createSubprocessExec(7 as never), TypeError, /the program, got 7/],
    ['program with NUL', () => createSubprocessExec('a\0b'), TypeError, /NUL .* the program/],
    ['args', () => createSubprocessExec('true', 'x' as never), TypeError, /array of arguments/],
    ['arg', () => createSubprocessExec('true', ['', 1 as never]), TypeError, /argument 1/],
    ['command', () => createSubprocessShell(null as never), TypeError, /the command/],
    ['options', () => createSubprocessExec('true', [], 1 as never), TypeError, /options/],
    ['stdin', options({ stdin: 'stdout' }), TypeError, /"stdin"/],
    ['stdin fd', options({ stdin: -1 }), RangeError, /"stdin"/],
    ['stdout', options({ stdout: {} }), TypeError, /"stdout"/],
    ['stderr', options({ stderr: 'file' }), TypeError, /"stderr"/],
    ['stderr fd', options({ stderr: 1.5 }), RangeError, /"stderr"/],
    ['cwd', options({ cwd: 1 }), TypeError, /"cwd"/],
    ['argv0', options({ argv0: '\0' }), TypeError, /"argv0"/],
    ['env', options({ env: 'A=b' }), TypeError, /"env"/],
    ['value in env', options({ env: { A: 1 } }), TypeError, /"A" of the option "env"/],
    ['name in env', options({ env: { 'A=B': '' } }), TypeError, /"A=B"/],
    ['file', options({ stdin: { file: 1 } }), TypeError, /file of the option "stdin"/],
    ['file with NUL', options({ stdout: { file: 'a\0' } }), TypeError, /"stdout"/],
    ['URL', options({ stdout: { file: new URL('http://x/') } }), TypeError, /file: URL/],
    ['append', options({ stdout: { file: 'x', append: 1 } }), TypeError, /"append"/],
    ['append to stdin', options({ stdin: { file: 'x', append: true } }), TypeError, /"append"/],
    ['stream', options({ stdin: new Writable() }), TypeError, /"stdin", got a Writable/],
    ['other stream', options({ stdout: Readable.from([]) }), TypeError, /"stdout"/],
    ['fileno', options({ stdin: { fileno: () => -1 } }), RangeError, /"stdin"/],
    ['fds', options({ fds: 3 }), TypeError, /"fds"/],
    ['fd number', options({ fds: { 2: 0 } }), RangeError, /from 3 on/],
    ['fd name', options({ fds: { x: 0 } }), RangeError, /"fds", got "x"/],
    ['fd', options({ fds: { 3: 'x' } }), TypeError, /"fds\[3\]"/],
    ['fd range', options({ fds: { 3: -1 } }), RangeError, /"fds\[3\]"/],
    ['uid', options({ uid: -1 }), RangeError, /"uid"/],
    ['uid type', options({ uid: 'nobody' }), TypeError, /"uid"/],
    ['gid', options({ gid: 2 ** 32 - 1 }), RangeError, /"gid"/],
    ['groups', options({ groups: 1 }), TypeError, /"groups"/],
    ['group', options({ groups: [0.5] }), RangeError, /"groups"/],
    ['umask', options({ umask: 0o1000 }), RangeError, /"umask"/],
    ['limit', options({ limit: 0 }), RangeError, /"limit"/],
    ['limit type', options({ limit: '1' }), TypeError, /"limit"/],
    ['processGroup', options({ processGroup: -1 }), RangeError, /"processGroup"/],
    ['session', options({ startNewSession: 1 }), TypeError, /"startNewSession"/],
    ['both', options({ startNewSession: true, processGroup: 0 }), TypeError, /"processGroup"/],
    ['signal', options({ signal: 'SIGTERM' }), TypeError, /"signal"/],
  ]

  function options(value: object): () => unknown {
    return () => createSubprocessExec('true', [], value)
  }

  it.each(bad)('is refused at the door: %s', (_name, call, kind, message) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
  })

  it('is refused by the methods of a process', async () => {
    await run(async () => {
      const process = await createSubprocessExec('true', [], { processGroup: 'inherit' })
      expect(() => process.sendSignal('SIGNOTHING' as never)).toThrow(RangeError)
      expect(() => process.sendSignal(1000)).toThrow(RangeError)
      expect(() => process.sendSignal({} as never)).toThrow(TypeError)
      expect(() => process.communicate('input')).toThrow(/stdin is no pipe/)
      expect(() => process.close({ grace: Number.NaN })).toThrow(RangeError)
      expect(() => process.signalGroup('SIGTERM')).toThrow(/no group of its own/)
      await process.wait()
    })
  })
})
