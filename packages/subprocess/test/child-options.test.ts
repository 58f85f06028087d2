import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OSError } from '@tsyncio/syscalls'
import {
  createSubprocessExec,
  createSubprocessShell,
  PIPE,
  type SubprocessOptions,
} from '@tsyncio/subprocess'

import { leakCheck } from './leak-check.js'
import { onEachDriver, type Runner } from './spellings.js'

leakCheck()

const isRoot = process.getuid?.() === 0
const nobody = 65_534

async function output(runs: Runner, command: string, options: SubprocessOptions): Promise<string> {
  return await runs(function* () {
    const process = yield* createSubprocessShell(command, { ...options, stdout: PIPE })
    const [stdout] = yield* process.communicate()
    return String(stdout)
  })
}

async function failure(runs: Runner, options: SubprocessOptions): Promise<OSError> {
  try {
    await runs(function* () {
      return yield* createSubprocessExec('true', [], options)
    })
  } catch (error) {
    if (error instanceof OSError) return error
    throw error
  }
  throw new Error('It was started.')
}

onEachDriver('a child', (runs) => {
  it('has the fds that it is given, by their numbers, and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'subprocess-'))
    const fd = openSync(join(folder, 'out'), 'w')
    const fds = { 3: fd, 7: { fileno: () => fd } }
    const list = await output(runs, 'echo three >&3; echo seven >&7; ls /proc/$$/fd', {
      stdin: 'null',
      stderr: 'null',
      fds,
    })
    closeSync(fd)
    expect(list).toBe('0\n1\n2\n3\n7\n')
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('three\nseven\n')
    rmSync(folder, { recursive: true })
  })

  it('is told of an fd that is not open', async () => {
    expect(await failure(runs, { fds: { 3: 1_000_000 } })).toMatchObject({
      code: 'EBADF',
      syscall: 'spawn dup2',
    })
  })

  it('has its own umask', async () => {
    expect(await output(runs, 'umask', { umask: 0o77 })).toBe('0077\n')
  })

  it('is another user with no groups of ours, or is refused', async () => {
    const options = { uid: nobody, gid: nobody, cwd: '/' }
    if (!isRoot) {
      expect(await failure(runs, options)).toMatchObject({
        code: 'EPERM',
        syscall: 'spawn setgroups',
      })
      return
    }
    const ids = `${nobody}\t${nobody}\t${nobody}\t${nobody}\n`
    const status = await output(runs, 'cat /proc/self/status', options)
    expect(status).toContain(`Uid:\t${ids}Gid:\t${ids}`)
    expect(status).toMatch(/Groups:\t *\n/)
    expect(status).toMatch(/CapEff:\t0+\n/)
    const grouped = await output(runs, 'cat /proc/self/status', { ...options, groups: [7, 11] })
    expect(grouped).toMatch(/Groups:\t7 11 *\n/)
    const only = await output(runs, 'cat /proc/self/status', { groups: [12] })
    expect(only).toMatch(/Uid:\t0\t[^]*Groups:\t12 *\n/)
    // Whoever started it is who it was.
    expect(readFileSync('/proc/self/status', 'utf8')).toMatch(/Uid:\t0\t0\t0\t0\n/)
  })

  it('that is another user must be allowed to enter its folder, and to execute its program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'subprocess-'))
    const refused = await failure(runs, { uid: nobody, gid: nobody, cwd: folder })
    expect(refused).toMatchObject(
      isRoot
        ? { code: 'EACCES', syscall: 'spawn chdir', path: folder }
        : { code: 'EPERM', syscall: 'spawn setgroups' },
    )
    rmSync(folder, { recursive: true })
  })

  it('says what its programs used when it has ended', async () => {
    await runs(function* () {
      const busy = 'i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done; read line'
      const process = yield* createSubprocessShell(busy, { stdin: PIPE })
      expect(process.usage).toBe(null)
      process.stdin!.close()
      yield* process.wait()
      expect(process.usage!.userMs).toBeGreaterThan(0)
      expect(process.usage!.systemMs).toBeGreaterThanOrEqual(0)
      expect(process.usage!.maxRss).toBeGreaterThan(100_000)
      expect(process.usage!.maxRss).toBeLessThan(1e9)
    })
  })
})
