import { closeSync, openSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { getRunningLoop } from '@tsyncio/loop'
import { createTask, gather, run, sleep, timeout, type Gen } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  type Process,
  type SubprocessOptions,
} from '@tsyncio/subprocess'

import { bomb, busyBomb, fleeing, python, shells } from './fixtures/families.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'
import { tagged } from './fixtures/tagged.js'
import { makeTag, untilTagged } from './until-tagged.js'

leakCheck()

const tree = { tree: true, stdin: DEVNULL, stdout: PIPE, stderr: DEVNULL } as const

const withTag = (tag: string): SubprocessOptions => ({
  ...tree,
  env: { ...globalThis.process.env, [tag]: '1' },
})

function* started(command: string, options: SubprocessOptions): Gen<Process> {
  const process = yield* createSubprocessShell(command, options)
  yield* process.stdout!.readLine()
  return process
}

onEachDriver('the process of a tree', (runs) => {
  it('is talked with, and ends, as any other', async () => {
    await runs(function* () {
      const cat = yield* createSubprocessExec('cat', [], { tree: true, stdin: PIPE, stdout: PIPE })
      const [stdout] = yield* cat.communicate('through the guardian')
      expect([String(stdout), cat.returncode]).toEqual(['through the guardian', 0])
      const bad = yield* createSubprocessShell('exit 7', tree)
      expect(yield* bad.wait()).toBe(7)
      const piped = yield* createSubprocessShell('kill -PIPE $$', tree)
      expect(yield* piped.wait()).toBe(-13)
      for (const process of [cat, bad, piped]) yield* process.close()
    })
  })

  it('takes signals, and none after its end', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('sleep', ['600'], tree)
      expect(process.signalGroup(0)).toBe(true)
      process.sendSignal('SIGHUP')
      expect(yield* process.wait()).toBe(-1)
      process.kill()
      expect(yield* process.close()).toBe(-1)
      expect(process.signalGroup('SIGTERM')).toBe(false)
    })
  })

  it('fails to start exactly as without a tree', async () => {
    const failing: [string, string[], SubprocessOptions][] = [
      ['no-such-program', [], {}],
      ['true', [], { cwd: '/nowhere' }],
      ['/etc/passwd', [], {}],
      ['true', ['x'.repeat(3_000_000)], {}],
      ['true', [], { stdout: 999_999 }],
      ['true', [], { processGroup: 2 ** 31 - 1 }],
    ]
    await runs(function* () {
      for (const [program, args, options] of failing) {
        const [without, within] = yield* gather(
          [{ tree: false }, { tree: true }].map((how) =>
            createSubprocessExec(program, args, { ...options, ...how }),
          ),
          { returnExceptions: true },
        )
        expect(without!.status).toBe('rejected')
        expect(within).toEqual(without)
      }
    })
  })

  it('has a terminal of its own if it is to have one', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell(
        'tty; (setsid sleep 60 &); stty size; kill -INT $$',
        { tree: true, pty: { columns: 100, rows: 30 } },
      )
      const { path, reader } = process.pty!
      expect(String(yield* reader.readLine()).trim()).toBe(path)
      expect(String(yield* reader.readLine()).trim()).toBe('30 100')
      expect(yield* process.wait()).toBe(-2)
      expect(process.signalGroup(0)).toBe(true)
      yield* process.close()
      expect(process.signalGroup(0)).toBe(false)
    })
  })

  it('leaves no terminal behind when it cannot be started', async () => {
    await runs(function* () {
      try {
        yield* createSubprocessExec('/no/such/program', [], { tree: true, pty: true })
        expect.unreachable()
      } catch (error) {
        expect((error as Error).message).toBe('spawn execve ENOENT /no/such/program')
      }
    })
  })

  it('has the folder, the variables, the arguments and the fds that it is given', async () => {
    const file = openSync('/dev/null', 'r')
    await runs(function* () {
      const process = yield* createSubprocessExec(
        'sh',
        ['-c', 'pwd; echo "$A|$1"; umask; ls /proc/$$/fd; exec cat >&2', 'sh', 'one two'],
        {
          ...tree,
          stdin: PIPE,
          stderr: 'stdout',
          cwd: '/usr',
          env: { A: 'b', PATH: '/bin:/usr/bin' },
          fds: { 7: file },
          umask: 0o27,
        },
      )
      const [stdout] = yield* process.communicate('in')
      expect(String(stdout)).toBe('/usr\nb|one two\n0027\n0\n1\n2\n7\nin')
      expect(process.usage!.maxRss).toBeGreaterThan(100_000)
      yield* process.close()
    })
    closeSync(file)
  })

  it('lets its pipes end when it closes them', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('echo bye; exec >&-; exec sleep 600', tree)
      expect(String(yield* process.stdout!.read())).toBe('bye\n')
      expect(process.returncode).toBe(null)
      yield* process.close({ grace: 0 })
    })
  })

  it('has default signals and no mask', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', ['/proc/self/status'], tree)
      const [stdout] = yield* process.communicate()
      expect(String(stdout)).toMatch(/SigBlk:\t0+\nSigIgn:\t0+\nSigCgt:\t0+\n/)
      yield* process.close()
    })
  })

  it('is waited for apart from its descendants, who live until it is closed', async () => {
    const tag = makeTag()
    await runs(function* () {
      const process = yield* createSubprocessShell('(setsid sleep 600 &) ; exit 3', withTag(tag))
      expect(yield* process.wait()).toBe(3)
      // It is a shell first, and nobody between two programs.
      while (!tagged(tag).some((line) => line.includes('sleep 600'))) yield* sleep(1)
      expect(tagged(tag)).toEqual([expect.stringContaining('sleep 600')])
      expect(process.signalGroup(0)).toBe(true)
      expect(yield* process.close({ grace: 5000 })).toBe(3)
      expect(tagged(tag)).toEqual([])
    })
  })
})

onEachDriver('the end of a tree', (runs) => {
  it('is asked for of everybody, also of those whose parents end first', async () => {
    const tag = makeTag()
    const polite = `trap 'echo closed; exit' TERM; echo up; while :; do sleep 0.01; done`
    const within = (depth: number): string =>
      depth === 0 ? polite : `(${within(depth - 1)}) & wait`
    for (let round = 0; round < 10; round++) {
      await runs(function* () {
        const process = yield* createSubprocessShell(within(3), withTag(tag))
        expect(String(yield* process.stdout!.readLine())).toBe('up\n')
        process.signalGroup('SIGTERM')
        expect(String(yield* process.stdout!.readLine())).toBe('closed\n')
        yield* process.close()
      })
    }
    expect(tagged(tag)).toEqual([])
  })

  it.each([
    ['signal-ignoring shells in sessions of their own', shells],
    ['daemons of python3', `exec python3 -c "${python}"`],
    ['a chain of processes that flee', fleeing],
    ['a fork bomb', `exec python3 -c "${bomb}"`],
    ['a fork bomb that never pauses', `exec python3 -c "${busyBomb}"`],
  ])('takes everybody: %s', async (_name, command) => {
    const tag = makeTag()
    await runs(function* () {
      const process = yield* started(command, withTag(tag))
      expect(process.signalGroup(0)).toBe(true)
      // The bomb that ends by itself, by SIGALRM, must not have come to that.
      expect(yield* process.close({ grace: 20 })).not.toBe(-14)
      expect(tagged(tag)).toEqual([])
      expect(process.signalGroup(0)).toBe(false)
    })
  })

  it('is polite to everybody first', async () => {
    const tag = makeTag()
    await runs(function* () {
      const daemon = `trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.01; done`
      const process = yield* started(`(setsid sh -c "${daemon}" &) ; exec sleep 600`, withTag(tag))
      const rest = createTask(process.stdout!.read())
      yield* sleep(0)
      expect(yield* process.close()).toBe(-15)
      expect(String(yield* rest)).toBe('bye\n')
      expect(tagged(tag)).toEqual([])
    })
  })

  it('comes with the end of its loop at the latest', async () => {
    const tag = makeTag()
    let process: Process | undefined
    await runs(function* () {
      process = yield* started(shells, withTag(tag))
    })
    expect(process?.returncode).toBe(-9)
    expect(tagged(tag)).toEqual([])
  })

  it('comes by force when the close is cancelled or timed out', async () => {
    const tag = makeTag()
    await runs(function* () {
      const process = yield* started(shells, withTag(tag))
      const closing = createTask(timeout(5, () => process.close({ grace: 60_000 })))
      const [outcome] = yield* gather([closing], { returnExceptions: true })
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } })
      expect([process.returncode, tagged(tag)]).toEqual([-9, []])
    })
  })

  it('comes when the signal is aborted and all obey it', async () => {
    const controller = new AbortController()
    await runs(function* () {
      const options = { ...tree, signal: controller.signal }
      const process = yield* createSubprocessExec('sleep', ['600'], options)
      controller.abort()
      expect(yield* process.wait()).toBe(-15)
      yield* process.close()
    })
  })

  it('comes by a stopped guardian, too', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('sleep', ['600'], tree)
      globalThis.process.kill(guardianOf(process), 'SIGSTOP')
      expect(yield* process.close()).toBe(-15)
    })
  })

  it('is not kept from coming by thousands of commands', async () => {
    const tag = makeTag()
    await runs(function* () {
      const process = yield* started(shells, withTag(tag))
      globalThis.process.kill(guardianOf(process), 'SIGSTOP')
      for (let i = 0; i < 5000; i++) process.signalGroup('SIGURG')
      expect(yield* process.close({ grace: 0 })).toBe(-9)
      expect(tagged(tag)).toEqual([])
    })
  })
})

function guardianOf(process: Process): number {
  return Number(/PPid:\t(\d+)/.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))![1])
}

onEachDriver('a guardian that is killed', (runs) => {
  it('takes its child along, and that is reported; the session goes too', async () => {
    const tag = makeTag()
    const reports: string[] = []
    await runs(function* () {
      getRunningLoop().setExceptionHandler((_loop, { message }) => reports.push(message))
      const process = yield* started('sleep 600 & sleep 600 & echo ready; wait', withTag(tag))
      globalThis.process.kill(guardianOf(process), 'SIGKILL')
      expect(yield* process.wait()).toBe(255)
      expect(yield* process.close()).toBe(255)
    })
    expect(reports).toEqual([expect.stringMatching(/^The guardian of process \d+ was killed; /)])
    expect(await untilTagged(tag, 0)).toEqual([])
  })
})

describe('a tree that is given up while it starts', () => {
  it('leaves nothing behind, whenever that is', async () => {
    const tag = makeTag()
    let cancelled = 0
    for (let turns = 0; turns < 12; turns++) {
      await run(function* () {
        const starting = createTask(createSubprocessShell(shells, withTag(tag)))
        for (let i = 0; i < turns; i++) yield* sleep(i < 4 ? 0 : 0.3)
        starting.cancel()
        const [outcome] = yield* gather([starting], { returnExceptions: true })
        if (outcome.status === 'rejected') cancelled++
        else yield* outcome.value.close({ grace: 0 })
        expect(tagged(tag)).toEqual([])
      })
    }
    expect(cancelled).toBeGreaterThan(2)
  })

  it('throws the reason of its signal, and leaves nothing behind', async () => {
    const tag = makeTag()
    await run(function* () {
      const controller = new AbortController()
      const options = { ...withTag(tag), signal: controller.signal }
      const starting = createTask(createSubprocessShell(shells, options))
      yield* sleep(0)
      controller.abort(new Error('enough'))
      const [outcome] = yield* gather([starting], { returnExceptions: true })
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'enough' } })
      expect(tagged(tag)).toEqual([])
    })
  })
})

describe('many trees at once', () => {
  it('do not disturb each other', async () => {
    await run(function* () {
      const all = yield* gather(
        Array.from({ length: 30 }, (_, i) => createSubprocessShell(`exit ${i}`, tree)),
      )
      const codes = yield* gather(all.map((process) => process.wait()))
      expect(codes).toEqual(all.map((_, i) => i))
      yield* gather(all.map((process) => process.close()))
    })
  })
})
