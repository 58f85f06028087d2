import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isCancelled } from '@tsyncio/loop'
import { createTask, gather, run, sleep, timeout, until } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  STDOUT,
} from '@tsyncio/subprocess'

import { children } from './children.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const mebibytes = Buffer.alloc(4 * 1024 * 1024, 'all of it. ')

onEachDriver('a process', (runs) => {
  it('gives its exit code', async () => {
    const codes = await runs(function* () {
      const good = yield* createSubprocessExec('true')
      const bad = yield* createSubprocessShell('exit 7')
      expect([good.returncode, bad.returncode]).toEqual([null, null])
      return [yield* good.wait(), yield* bad.wait(), good.returncode, bad.returncode]
    })
    expect(codes).toEqual([0, 7, 0, 7])
  })

  it('gives minus the signal that ended it', async () => {
    const codes = await runs(function* () {
      const terminated = yield* createSubprocessExec('sleep', ['60'])
      terminated.terminate()
      const killed = yield* createSubprocessExec('sleep', ['60'])
      killed.kill()
      const hungUp = yield* createSubprocessExec('sleep', ['60'])
      hungUp.sendSignal('SIGHUP')
      const aborted = yield* createSubprocessShell('kill -6 $$')
      // Node ignores SIGPIPE; its children must not.
      const piped = yield* createSubprocessShell('kill -PIPE $$')
      const all = [terminated, killed, hungUp, aborted, piped]
      return yield* gather(all.map((process) => process.wait()))
    })
    expect(codes).toEqual([-15, -9, -1, -6, -13])
  })

  it('takes no signal after its end', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('true', [], { processGroup: 0 })
      yield* process.wait()
      expect(process.signalGroup('SIGTERM')).toBe(false)
      process.terminate()
      process.kill()
      process.sendSignal(10)
      expect(process.returncode).toBe(0)
    })
  })

  it('carries mebibytes in and out at once', async () => {
    const [stdout, stderr] = await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      return yield* process.communicate(mebibytes)
    })
    expect(stdout?.equals(mebibytes)).toBe(true)
    expect(stderr).toBe(null)
  })

  it('is talked with through streams', async () => {
    const answers = await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: 'pipe', stdout: 'pipe' })
      process.stdin!.write('one\n')
      const first = yield* process.stdout!.readLine()
      process.stdin!.write('two\n')
      const second = yield* process.stdout!.readLine()
      process.stdin!.close()
      const end = yield* process.stdout!.readLine()
      yield* process.wait()
      return [String(first), String(second), end]
    })
    expect(answers).toEqual(['one\n', 'two\n', null])
  })

  it('keeps stdout and stderr apart, or puts them together', async () => {
    await runs(function* () {
      const command = 'echo out; echo err >&2'
      const apart = yield* createSubprocessShell(command, { stdout: PIPE, stderr: PIPE })
      const [out, err] = yield* apart.communicate()
      expect([String(out), String(err)]).toEqual(['out\n', 'err\n'])
      const together = yield* createSubprocessShell(command, { stdout: PIPE, stderr: STDOUT })
      const [both, none] = yield* together.communicate()
      expect([String(both), none]).toEqual(['out\nerr\n', null])
    })
  })

  it('has nothing to read and nowhere to write with null', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('cat; echo lost >&2; echo kept', {
        stdin: DEVNULL,
        stdout: PIPE,
        stderr: DEVNULL,
      })
      expect([process.stdin, process.stderr]).toEqual([null, null])
      const [stdout] = yield* process.communicate()
      expect(String(stdout)).toBe('kept\n')
    })
  })

  it('writes to an fd that it is given, which stays open', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'subprocess-')), 'out')
    const fd = openSync(path, 'w')
    await runs(function* () {
      const process = yield* createSubprocessExec('echo', ['to a file'], { stdout: fd })
      yield* process.wait()
    })
    closeSync(fd)
    expect(readFileSync(path, 'utf8')).toBe('to a file\n')
  })

  it('gets its folder, its variables and its name', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'subprocess-')))
    await runs(function* () {
      const process = yield* createSubprocessExec('/bin/sh', ['-c', 'pwd; echo "$0 $A-$HOME"'], {
        stdout: PIPE,
        cwd: folder,
        env: { A: 'b c', HOME: undefined },
        argv0: 'shell',
      })
      const [stdout] = yield* process.communicate()
      expect(String(stdout)).toBe(`${folder}\nshell b c-\n`)
    })
  })

  it('has no fds but the three', async () => {
    const fd = openSync('/dev/null', 'r')
    await runs(function* () {
      const process = yield* createSubprocessShell('exec ls /proc/self/fd', {
        stdin: PIPE,
        stdout: PIPE,
        stderr: PIPE,
      })
      const [stdout] = yield* process.communicate()
      // The fourth is the folder that is being listed.
      expect(String(stdout)).toBe('0\n1\n2\n3\n')
    })
    closeSync(fd)
  })

  it('has a group or a session of its own, or enters a group', async () => {
    const command = "cut -d ' ' -f 5,6 /proc/self/stat; cat"
    await runs(function* () {
      const options = { stdin: PIPE, stdout: PIPE } as const
      const head = yield* createSubprocessShell(command, { ...options, processGroup: 0 })
      const member = yield* createSubprocessShell(command, { ...options, processGroup: head.pid })
      const session = yield* createSubprocessShell(command, { ...options, startNewSession: true })
      const [first, second, third] = yield* gather([
        head.stdout!.readLine(),
        member.stdout!.readLine(),
        session.stdout!.readLine(),
      ])
      const [group, sid] = String(first).trim().split(' ')
      expect(group).toBe(String(head.pid))
      expect(sid).not.toBe(String(head.pid))
      expect(String(second)).toBe(String(first))
      expect(String(third)).toBe(`${session.pid} ${session.pid}\n`)
      expect(head.signalGroup('SIGKILL')).toBe(true)
      expect(yield* gather([head.wait(), member.wait()])).toEqual([-9, -9])
      expect(yield* session.close()).toBe(-15)
    })
  })

  it('gets its arguments as they are, and a shell its quoting', async () => {
    await runs(function* () {
      const args = ['a b', '$HOME', '"', "'", '\\', 'ü', '']
      const exec = yield* createSubprocessExec('printf', ['<%s>', ...args], { stdout: PIPE })
      const [plain] = yield* exec.communicate()
      expect(String(plain)).toBe(args.map((arg) => `<${arg}>`).join(''))
      const command = `printf '<%s>' 'a b' "$X" \\" c\\ d | tr a A`
      const shell = yield* createSubprocessShell(command, {
        stdout: PIPE,
        env: { ...process.env, X: 'x  y' },
      })
      const [quoted] = yield* shell.communicate()
      expect(String(quoted)).toBe('<A b><x  y><"><c d>')
    })
  })

  it('may close its stdin early, or never read it', async () => {
    await runs(function* () {
      for (const command of ['exec 0<&-; echo closed', 'true; echo closed']) {
        const process = yield* createSubprocessShell(command, { stdin: PIPE, stdout: PIPE })
        const [stdout] = yield* process.communicate(mebibytes)
        expect(String(stdout)).toBe('closed\n')
        expect(process.returncode).toBe(0)
      }
    })
  })

  it('gets an end of input from communicate() without any', async () => {
    await runs(function* () {
      for (const input of [undefined, '', Buffer.alloc(0)]) {
        const process = yield* createSubprocessExec('wc', ['-c'], { stdin: PIPE, stdout: PIPE })
        const [stdout] = yield* process.communicate(input)
        expect(Number(stdout)).toBe(0)
      }
    })
  })

  it('has ended even while a grandchild holds its pipes', async () => {
    await runs(function* () {
      const process = yield* createSubprocessShell('sleep 60 & echo $!', {
        stdout: PIPE,
        processGroup: 0,
      })
      expect(yield* process.wait()).toBe(0)
      expect(Number(yield* process.stdout!.readLine())).toBeGreaterThan(0)
      expect(process.signalGroup('SIGKILL')).toBe(true)
      expect(yield* process.stdout!.read()).toBe(null)
    })
  })

  it('can be waited for by many, before its end and after', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE })
      const waits = Array.from({ length: 20 }, () => createTask(process.wait()))
      yield* sleep(0)
      waits[3]!.cancel()
      process.stdin!.close()
      const codes = yield* gather(waits, { returnExceptions: true })
      expect(codes.filter(({ status }) => status === 'fulfilled')).toHaveLength(19)
      expect(yield* process.wait()).toBe(0)
    })
  })

  it('goes on when a wait for it is cancelled', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      yield* expectTimeout(() => process.wait())
      yield* expectTimeout(() => process.stdout!.read())
      expect(process.returncode).toBe(null)
      const [stdout] = yield* process.communicate('still here')
      expect(String(stdout)).toBe('still here')
    })
  })

  it('goes on when communicate() is cancelled', async () => {
    await runs(function* () {
      const process = yield* createSubprocessExec('sleep', ['60'], { stdin: PIPE, stdout: PIPE })
      yield* expectTimeout(() => process.communicate(mebibytes))
      expect(process.returncode).toBe(null)
      process.kill()
      expect(yield* process.wait()).toBe(-9)
    })
  })

  it('can be one of fifty', async () => {
    await runs(function* () {
      const outputs = yield* gather(
        Array.from({ length: 50 }, (_, i) =>
          createTask(function* () {
            const process = yield* createSubprocessShell(`cat; exit ${i}`, {
              stdin: PIPE,
              stdout: PIPE,
            })
            const [stdout] = yield* process.communicate(`${i}`)
            return [String(stdout), process.returncode]
          }),
        ),
      )
      expect(outputs).toEqual(Array.from({ length: 50 }, (_, i) => [`${i}`, i]))
    })
  })

  it('is not started by a task that was cancelled before', async () => {
    await runs(function* () {
      const task = createTask(createSubprocessExec('sleep', ['60']))
      task.cancel()
      const [outcome] = yield* gather([task], { returnExceptions: true })
      expect(outcome.status).toBe('rejected')
      expect(children()).toEqual([])
    })
  })

  it('speaks with python3 and node', async () => {
    await runs(function* () {
      const python = 'import sys; print(sys.stdin.read()[::-1], end="")'
      const script = 'process.stdin.on("data", (data) => process.stdout.write(data))'
      for (const [program, args, answer] of [
        ['python3', ['-c', python], 'dlrow'],
        [process.execPath, ['-e', script], 'world'],
      ] as const) {
        const child = yield* createSubprocessExec(program, args, { stdin: PIPE, stdout: PIPE })
        const [stdout] = yield* child.communicate('world')
        expect(String(stdout)).toBe(answer)
      }
    })
  })
})

function* expectTimeout(wait: () => ReturnType<typeof sleep> | Promise<unknown>) {
  let name: unknown
  try {
    yield* timeout(5, wait)
  } catch (error) {
    name = (error as Error).name
  }
  expect(name).toBe('TimeoutError')
}

describe('a process awaited in async code', () => {
  it('communicates, waits and ends', async () => {
    await run(async () => {
      const process = await createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const [stdout] = await process.communicate('hello')
      expect(String(stdout)).toBe('hello')
      expect(await process.wait()).toBe(0)
    })
  })

  it('gives its lines to for await', async () => {
    await run(async () => {
      const process = await createSubprocessShell('seq 3', { stdout: PIPE })
      const lines: string[] = []
      for await (const line of process.stdout!) lines.push(String(line))
      expect(lines).toEqual(['1\n', '2\n', '3\n'])
      expect(await process.wait()).toBe(0)
    })
  })

  it('carries mebibytes in and out at once', async () => {
    await run(async () => {
      const process = await createSubprocessExec('cat', [], { stdin: PIPE, stdout: PIPE })
      const [stdout] = await process.communicate(mebibytes)
      expect(stdout?.equals(mebibytes)).toBe(true)
    })
  })

  it('goes on when the task that waits is cancelled', async () => {
    await run(async () => {
      const process = await createSubprocessExec('sleep', ['60'])
      const task = createTask(async () => process.wait())
      await sleep(0)
      task.cancel()
      let error: unknown
      await task.then(undefined, (reason: unknown) => (error = reason))
      expect(isCancelled(error)).toBe(true)
      expect(process.returncode).toBe(null)
      process.kill()
      expect(await process.wait()).toBe(-9)
    })
  })

  it('is ended by await using', async () => {
    await run(async () => {
      let ended
      {
        await using process = await createSubprocessExec('sleep', ['60'])
        ended = process
      }
      expect(ended.returncode).toBe(-15)
    })
  })

  it('lives beside a child of node:child_process', async () => {
    await run(async () => {
      const theirs = Array.from({ length: 5 }, (_, i) => spawn('/bin/sh', ['-c', `exit ${i}`]))
      const codes = theirs.map((child) => new Promise((resolve) => child.on('close', resolve)))
      const ours = await gather(
        Array.from({ length: 5 }, (_, i) => createSubprocessShell(`exit ${i}`)),
      )
      expect(await gather(ours.map((process) => process.wait()))).toEqual([0, 1, 2, 3, 4])
      expect(await until(Promise.all(codes))).toEqual([0, 1, 2, 3, 4])
    })
  })
})
