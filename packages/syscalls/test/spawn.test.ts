import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  CLD_EXITED,
  close,
  E2BIG,
  EACCES,
  EBADF,
  EFD_NONBLOCK,
  ENOENT,
  ENOTDIR,
  ENOTTY,
  EPERM,
  errorName,
  eventfd,
  fcntl,
  F_SETFD,
  P_PIDFD,
  pipe2,
  read,
  spawn,
  spawnSteps,
  waitid,
  WEXITED,
  type SpawnSpec,
} from '@tsyncio/syscalls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { addon } from '../src/load-addon.js'
import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'
import { readAll } from './waiting.js'

expectNoLeaks()

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsyncio-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a program with a pipe for its output, and gives what it wrote and how it ended. */
function output(spec: Partial<SpawnSpec> & { file: string }): { text: string; status: number } {
  using opened = new Opened()
  const [from, to] = opened.pair((out) => pipe2(out, 0))
  const out = new Int32Array(2)
  const pid = spawn({ args: [spec.file], stdio: [-1, to, to], ...spec }, out)
  opened.close(to)
  if (pid < 0) throw new Error(`${spawnSteps[out[1]!]} ${errorName(pid)}`)
  opened.fd(out[0]!)
  const text = readAll(from, (bytes) => read(from, bytes, 0, bytes.length))
  const ended = new Int32Array(3)
  expect(waitid(P_PIDFD, out[0]!, ended, WEXITED)).toBe(0)
  expect([ended[0], ended[1]]).toEqual([pid, CLD_EXITED])
  return { text, status: ended[2]! }
}

const sh = (script: string, spec: Partial<SpawnSpec> = {}) =>
  output({ file: '/bin/sh', args: ['sh', '-c', script], ...spec })

function failure(spec: Partial<SpawnSpec> & { file: string }): [string | undefined, number] {
  const out = new Int32Array(2)
  const result = spawn({ args: [spec.file], stdio: [0, 1, 2], ...spec }, out)
  expect(out[0]).toBe(-1)
  return [spawnSteps[out[1]!], result]
}

function program(name: string, text: string, mode = 0o755): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

describe('a spawned program', () => {
  it('gets its arguments, its name and its exit status through', () => {
    const args = ['my name', '-c', 'echo "$0|$1|$2"; exit 7', 'zero', '', 'ä "b"']
    expect(output({ file: '/bin/sh', args })).toEqual({ text: 'zero||ä "b"\n', status: 7 })
  })

  it('gets exactly the variables it is given, and else those of this process', () => {
    expect(output({ file: '/usr/bin/env', env: { A: '1', B: 'x=y', C: undefined } }).text).toBe(
      'A=1\nB=x=y\n',
    )
    process.env['TSYNCIO_TEST_VARIABLE'] = 'inherited'
    expect(sh('echo $TSYNCIO_TEST_VARIABLE').text).toBe('inherited\n')
    delete process.env['TSYNCIO_TEST_VARIABLE']
  })

  it('starts in the folder it is given', () => {
    expect(output({ file: '/bin/pwd', cwd: folder, env: {} }).text).toBe(`${folder}\n`)
  })

  it('has default signals and no mask, whatever this process has', () => {
    const { text } = output({ file: 'cat', args: ['cat', '/proc/self/status'] })
    expect(text).toMatch(/SigBlk:\t0+\nSigIgn:\t0+\nSigCgt:\t0+\n/)
  })

  it('is in the process group and session that it is told to be in', () => {
    // The fields after the name of /proc/PID/stat: state, parent, group, session.
    const fields = 'set -- $(cut -d")" -f2 /proc/$$/stat); echo $$ $3 $4'
    const [group, session] = [sh(fields, { processGroup: 0 }), sh(fields, { newSession: true })]
    const [pid, itsGroup, itsSession] = group.text.trim().split(' ')
    expect(itsGroup).toBe(pid)
    expect(itsSession).not.toBe(pid)
    expect(new Set(session.text.trim().split(' ')).size).toBe(1)
    expect(failure({ file: 'true', newSession: true, processGroup: 0 })).toEqual([
      'setpgid',
      -EPERM,
    ])
  })
})

describe('the fds of a spawned program', () => {
  it.each([true, false])('are those of stdio and no other, close_range being there: %s', (has) => {
    const had = addon.spawnUseCloseRange(has ? 1 : 0)
    using opened = new Opened()
    const leaky = opened.fd(eventfd(0, EFD_NONBLOCK))
    fcntl(leaky, F_SETFD, 0)
    expect(sh('ls /proc/$$/fd').text.trim().split('\n')).toEqual(['1', '2'])
    addon.spawnUseCloseRange(had)
  })

  it('may change places with each other', () => {
    using opened = new Opened()
    const [first, toFirst] = opened.pair((out) => pipe2(out, 0))
    const [second, toSecond] = opened.pair((out) => pipe2(out, 0))
    // The fds that the program gets lie among the numbers that it gets them as.
    const most = Math.max(toFirst, toSecond) + 1
    const stdio = Array<number>(most).fill(-1)
    stdio[toFirst] = toSecond
    stdio[toSecond] = toFirst
    stdio[0] = toFirst
    const script = `for (const [fd, text] of [[${toFirst}, 'a'], [${toSecond}, 'b'], [0, 'c']])
      require('node:fs').writeSync(fd, text)`
    const out = new Int32Array(2)
    const pid = spawn({ file: process.execPath, args: ['node', '-e', script], stdio }, out)
    expect(pid).toBeGreaterThan(0)
    opened.fd(out[0]!)
    opened.close(toFirst)
    opened.close(toSecond)
    const all = (fd: number) => readAll(fd, (bytes) => read(fd, bytes, 0, bytes.length))
    expect([all(first), all(second)]).toEqual(['bc', 'a'])
    waitid(P_PIDFD, out[0]!, new Int32Array(3), WEXITED)
  })

  it('may be one fd several times, and stay where they are', () => {
    expect(sh('echo out; echo err >&2').text).toBe('out\nerr\n')
    const out = new Int32Array(2)
    spawn({ file: 'true', args: ['true'], stdio: [0, 1, 2] }, out)
    const ended = new Int32Array(3)
    waitid(P_PIDFD, out[0]!, ended, WEXITED)
    close(out[0]!)
    expect(ended[2]).toBe(0)
  })
})

describe('a program', () => {
  it('gets fds by the numbers it is promised, and closed ones in between', () => {
    using opened = new Opened()
    const [from, to] = opened.pair((out) => pipe2(out, 0))
    expect(
      sh('echo far >/proc/self/fd/999; ls /proc/$$/fd', { fds: { 999: to } }).text.split('\n'),
    ).toEqual(['1', '2', '999', ''])
    opened.close(to)
    expect(readAll(from, (bytes) => read(from, bytes, 0, bytes.length))).toBe('far\n')
  })

  it('makes files with the permissions that its umask leaves', () => {
    expect(sh('umask', { umask: 0o27 }).text.trim()).toBe('0027')
    expect(sh('umask', { umask: 0 }).text.trim()).toBe('0000')
    expect(sh('umask').text).toBe(String(execFileSync('/bin/sh', ['-c', 'umask'])))
  })

  it('is looked for in the PATH of its own variables', () => {
    program('hello', '#!/bin/sh\necho hello from here')
    expect(output({ file: 'hello', env: { PATH: `/nowhere:${folder}` } }).text).toBe(
      'hello from here\n',
    )
    expect(failure({ file: 'hello' })).toEqual(['execve', -ENOENT])
    expect(output({ file: 'true', env: {} }).status).toBe(0)
  })

  it('is passed over when it is not executable, and the refusal reported if no other is found', () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    program('plain', 'echo', 0o644)
    expect(failure({ file: 'plain', env: { PATH: `${folder}:/nowhere` } })).toEqual([
      'execve',
      -EACCES,
    ])
    expect(failure({ file: join(folder, 'plain') })).toEqual(['execve', -EACCES])
    expect(failure({ file: folder })).toEqual(['execve', -EACCES])
    expect(failure({ file: 'x', env: { PATH: `${one}:${other}` } })).toEqual(['execve', -ENOENT])
    expect(failure({ file: join(folder, 'plain', 'x') })).toEqual(['execve', -ENOTDIR])
  })

  it('goes to the shell when it has no #! line', () => {
    const file = program('script', 'echo "$0 $1"')
    expect(output({ file, args: ['script', 'one'] }).text).toBe(`${file} one\n`)
  })
})

describe('a program that is to be another user', () => {
  const isRoot = process.getuid?.() === 0
  const user = { uid: 65_534, gid: 65_533, groups: [65_532] }

  it.each([true, false])('has its ids and no others, close_range being there: %s', (has) => {
    const had = addon.spawnUseCloseRange(has ? 1 : 0)
    if (isRoot) {
      const { text } = sh('id -u; id -g; id -G; ls /proc/$$/fd', { ...user, cwd: '/' })
      expect(text).toBe('65534\n65533\n65533 65532\n1\n2\n')
      expect(sh('id -G', { uid: 65_534, gid: 65_533 }).text).toBe('65533\n')
    } else {
      expect(failure({ file: 'true', ...user })).toEqual(['setgroups', -EPERM])
    }
    addon.spawnUseCloseRange(had)
  })

  // A process that may not be looked into has its /proc owned by root alone; whether it
  // may is a word of its memory, which a change of user clears.
  it('does not share the memory of whoever starts it', () => {
    const source = `
      import { statSync } from 'node:fs'
      import { P_PIDFD, spawn, waitid, WEXITED } from '@tsyncio/syscalls'
      const out = new Int32Array(2)
      const uid = process.getuid() === 0 ? 65534 : undefined
      const pid = spawn({ file: 'true', args: ['true'], stdio: [0, 1, 2], cwd: '/', uid }, out)
      waitid(P_PIDFD, out[0], new Int32Array(3), WEXITED)
      console.log(pid > 0, statSync('/proc/self/environ').gid)`
    const { text } = output({
      file: process.execPath,
      args: ['node', '--input-type=module', '-e', source],
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      gid: isRoot ? 65_533 : undefined,
    })
    expect(text).toBe(`true ${isRoot ? 65_533 : process.getegid?.()}\n`)
  })

  it('is stopped at what that user must not do', () => {
    const secret = program('secret', '#!/bin/sh\necho no', 0o700)
    chmodSync(folder, 0o755)
    const refused = isRoot ? ['execve', -EACCES] : ['setgroups', -EPERM]
    expect(failure({ file: secret, ...user })).toEqual(refused)
    chmodSync(folder, 0o700)
    expect(failure({ file: 'true', cwd: folder, ...user })).toEqual(
      isRoot ? ['chdir', -EACCES] : refused,
    )
    expect(process.geteuid?.() === 0).toBe(isRoot)
  })
})

describe('a program with a terminal', () => {
  // Python opens one, and tells what comes out of it.
  const script = `
import os, pty, subprocess, sys
master, slave = pty.openpty()
node = subprocess.run(sys.argv[1:] + [str(slave)], pass_fds=[slave], start_new_session=True,
                      stdout=subprocess.PIPE)
sys.stdout.write(os.read(master, 4096).decode() + node.stdout.decode())`
  const source = `
    import { P_PIDFD, spawn, waitid, WEXITED } from '@tsyncio/syscalls'
    const tty = Number(process.argv.at(-1))
    const out = new Int32Array(2)
    const shell = { file: '/bin/sh', args: ['sh', '-c', 'echo mine > /dev/tty; cut -d" " -f5,8 /proc/self/stat >&3'] }
    const stdio = [tty, tty, tty]
    const pid = spawn({ ...shell, stdio, fds: { 3: 1 }, newSession: true, terminal: 0 }, out)
    waitid(P_PIDFD, out[0], new Int32Array(3), WEXITED)
    console.log(pid)
    console.log(spawn({ ...shell, stdio, terminal: 0 }, out), out[1])
    console.log(spawn({ ...shell, stdio: [-1, -1, -1], fds: { 3: 1 }, newSession: true, terminal: 3 }, out), out[1])`

  it('has it as its own, and is in its foreground', () => {
    const args = ['-c', script, process.execPath, '--input-type=module', '-e', source]
    const cwd = new URL('..', import.meta.url)
    const text = execFileSync('python3', args, { cwd, encoding: 'utf8', timeout: 20_000 })
    const [mine, groups, pid, notLeader, noTerminal] = text.trim().split(/\r?\n/)
    expect(mine).toBe('mine')
    expect(groups).toBe(`${pid} ${pid}`)
    const step = spawnSteps.indexOf('TIOCSCTTY')
    expect(notLeader).toBe(`${-EPERM} ${step}`)
    expect(noTerminal).toBe(`${-ENOTTY} ${step}`)
  })
})

describe('a spawn that fails', () => {
  it('says at which step, and leaves neither a child nor an fd', () => {
    expect(failure({ file: 'true', cwd: '/nowhere' })).toEqual(['chdir', -ENOENT])
    expect(failure({ file: 'true', stdio: [0, 1, 999_999] })).toEqual(['dup2', -EBADF])
    expect(failure({ file: 'true', processGroup: 2 ** 31 - 1 })).toEqual(['setpgid', -EPERM])
    expect(failure({ file: '/nowhere/true' })).toEqual(['execve', -ENOENT])
    expect(failure({ file: '' })).toEqual(['execve', -ENOENT])
    expect(failure({ file: 'true', args: ['true', 'x'.repeat(3_000_000)] })).toEqual([
      'execve',
      -E2BIG,
    ])
    const P_ALL = 0
    const WNOHANG_EXITED = 5
    expect(waitid(P_ALL, 0, new Int32Array(3), WNOHANG_EXITED)).toBeLessThanOrEqual(0)
  })

  it('because of its arguments throws', () => {
    const call = (spec: unknown) => () => spawn(spec as SpawnSpec, new Int32Array(2))
    const good = { file: 'true', args: ['true'], stdio: [0, 1, 2] }
    expect(call({ ...good, file: 'tr\0ue' })).toThrow('spawn(): file contains a NUL character')
    expect(call({ ...good, args: ['a', 'b\0'] })).toThrow(
      'spawn(): args[1] contains a NUL character',
    )
    expect(call({ ...good, env: { A: '\0' } })).toThrow('spawn(): env.A contains a NUL character')
    expect(call({ ...good, env: { 'A=B': '1' } })).toThrow('spawn(): "A=B" in env contains "="')
    expect(call({ ...good, cwd: '\0' })).toThrow(TypeError)
    expect(call({ ...good, args: [1] })).toThrow('spawn(): args[0] is not a string')
    expect(call({ ...good, args: [] })).toThrow(RangeError)
    expect(call({ ...good, stdio: ['1'] })).toThrow(TypeError)
    expect(call({ ...good, stdio: [-2] })).toThrow('spawn(): stdio[0] is -2')
    expect(call({ ...good, stdio: Array(257).fill(1) })).toThrow(RangeError)
    expect(call({ ...good, processGroup: -2 })).toThrow(RangeError)
    expect(call(null)).toThrow(TypeError)
    expect(call({ ...good, newSession: 1 })).toThrow('newSession is not a boolean')
    expect(call({ ...good, fds: 3 })).toThrow('fds is not an object')
    expect(call({ ...good, fds: { x: 3 } })).toThrow('the fd number "x" in fds')
    expect(call({ ...good, fds: { 3: '1' } })).toThrow('fds[3] is not a number')
    expect(call({ ...good, fds: { 2: 1 } })).toThrow('the fd 2 is given twice')
    expect(call({ ...good, uid: -1 })).toThrow(RangeError)
    expect(call({ ...good, gid: 2 ** 32 - 1 })).toThrow(RangeError)
    expect(call({ ...good, groups: [0.5] })).toThrow('groups[0] is 0.5')
    expect(call({ ...good, umask: 0o1000 })).toThrow(RangeError)
    expect(call({ ...good, terminal: '0' })).toThrow('terminal is not a number')
    expect(() => spawn(good, new Int32Array(1))).toThrow(RangeError)
  })
})
