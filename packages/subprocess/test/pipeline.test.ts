import { mkdtempSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTask, gather, run, sleep, type Gen } from '@tsyncio/tasks'
import { pipeline, PipelineFailedError, type PipelineOptions } from '@tsyncio/subprocess'

import { children } from './children.js'
import { failureOf } from './failure-of.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

type Commands = Parameters<typeof pipeline>[0]

function* pipelineFailure(commands: Commands, options: PipelineOptions = {}): Gen<unknown> {
  return yield* failureOf(() => pipeline(commands, options))
}

onEachDriver('a pipeline', (runs) => {
  it('gives what the last one writes, and the code of each', async () => {
    await runs(function* () {
      const input = 'b x\nc\na x\n'
      const result = yield* pipeline([['grep', 'x'], ['sort'], ['head', '-n', '1']], { input })
      expect(result.stdout).toBe('a x\n')
      expect(result.results).toMatchObject([
        { command: ['grep', 'x'], returncode: 0, stdout: null, stderr: '' },
        { command: ['sort'], returncode: 0, stdout: null, stderr: '' },
        { command: ['head', '-n', '1'], returncode: 0, stdout: 'a x\n', stderr: '' },
      ])
    })
  })

  it('of one command is that command', async () => {
    await runs(function* () {
      expect((yield* pipeline([['echo', '1']])).stdout).toBe('1\n')
    })
  })

  it('has real pipes between its processes, which this process has no part in', async () => {
    await runs(function* () {
      const show = 'readlink /proc/self/fd/0 /proc/self/fd/3 3>&1 >&2; cat'
      const running = pipeline([
        ['sh', '-c', 'readlink /proc/self/fd/3 3>&1 >&2'],
        ['sh', '-c', show],
        ['sh', '-c', 'readlink /proc/self/fd/0 >&2; sleep 0.1; cat'],
      ])
      const task = createTask(running)
      yield* sleep(50)
      const ours = pipesOfOurs()
      const { results } = yield* task
      const [first, second, third] = results.map(({ stderr }) => stderr.trim().split('\n'))
      expect(first).toEqual([second![0]])
      expect(third).toEqual([second![1]])
      for (const pipe of second!) {
        expect(pipe).toMatch(/^pipe:/)
        expect(ours).not.toContain(pipe)
      }
    })
  })

  it('carries more than a pipe holds', async () => {
    await runs(function* () {
      const input = Buffer.alloc(4 * 1024 * 1024, 'all of it. ')
      const { stdout } = yield* pipeline([['cat'], ['cat'], ['cat']], { input, encoding: 'buffer' })
      expect(stdout.equals(input)).toBe(true)
    })
  })

  it('has not failed when one stopped writing since the next has read enough', async () => {
    await runs(function* () {
      const commands = [['yes'], ['head', '-n', '1']] as const
      const { stdout, results } = yield* pipeline(commands)
      expect(stdout).toBe('y\n')
      expect(results[0]).toMatchObject({ returncode: -13, signal: 'SIGPIPE' })
      const error = yield* pipelineFailure(commands, { allowSigpipe: false })
      expect(error).toMatchObject({ failed: [{ command: ['yes'] }], fault: 'exit' })
    })
  })

  it('has failed when the last one was ended by SIGPIPE', async () => {
    await runs(function* () {
      const error = yield* pipelineFailure([['true'], ['sh', '-c', 'kill -PIPE $$']])
      expect(error).toMatchObject({ failed: [{ signal: 'SIGPIPE' }] })
    })
  })

  it('says which of its processes failed, and how', async () => {
    const error = await runs(() =>
      pipelineFailure([
        ['sh', '-c', 'echo one; echo bad >&2; exit 2'],
        ['cat'],
        ['sh', '-c', 'cat; kill -KILL $$'],
      ]),
    )
    expect(error).toBeInstanceOf(PipelineFailedError)
    expect(error).toMatchObject({
      name: 'PipelineFailedError',
      code: 'ERR_TSYNCIO_PIPELINE_FAILED',
      fault: 'exit',
      failed: [{ returncode: 2, stderr: 'bad\n' }, { returncode: -9 }],
      result: { stdout: 'one\n', results: [{}, { returncode: 0 }, {}] },
    })
    const [first, ...rest] = (error as Error).message.split('\n')
    expect(first).toMatch(/^`sh -c 'echo one; .*'` \| `cat` \| `sh -c .*` \(\d+ ms\) failed:$/)
    expect(rest[0]).toMatch(/^`sh -c 'echo one; .*'` exited with code 2 after \d+ ms:$/)
    expect(rest[1]).toBe('bad')
    expect(rest[2]).toMatch(/^`sh -c 'cat; kill .*` was ended by SIGKILL after \d+ ms\.$/)
  })

  it('that fails is no error with check: false', async () => {
    await runs(function* () {
      const { results } = yield* pipeline([['false'], ['cat']], { check: false })
      expect(results.map(({ returncode }) => returncode)).toEqual([1, 0])
    })
  })

  it('leaves nothing when one of it cannot be started', async () => {
    await runs(function* () {
      const error = yield* pipelineFailure([['sleep', '60'], ['no-such-program'], ['cat']])
      expect(error).toMatchObject({ code: 'ENOENT', path: 'no-such-program' })
      expect(children()).toEqual([])
    })
  })

  it('that takes too long is ended, all of it', async () => {
    await runs(function* () {
      const error = yield* pipelineFailure([['sleep', '60'], ['cat']], { timeout: 50 })
      expect(error).toMatchObject({ fault: 'timeout' })
      // The second may have come to the end of its input before.
      expect((error as PipelineFailedError).failed[0]).toMatchObject({ signal: 'SIGTERM' })
      expect((error as Error).message).toMatch(
        /took too long, and was ended:\n`sleep 60` was ended/,
      )
    })
  })

  it('that writes too much is ended, all of it', async () => {
    await runs(function* () {
      const error = yield* pipelineFailure([['yes'], ['cat']], { maxOutput: 4 })
      expect(error).toMatchObject({ fault: 'maxOutput', result: { stdout: 'y\ny\n' } })
    })
  })

  it('is ended when it is cancelled, all of it', async () => {
    await runs(function* () {
      const task = createTask(pipeline([['sleep', '60'], ['cat'], ['cat']]))
      while (children().length < 3) yield* sleep(1)
      task.cancel()
      yield* gather([task], { returnExceptions: true })
      expect(task.cancelled()).toBe(true)
      expect(children()).toEqual([])
    })
  })

  it('puts stderr of each where its stdout goes', async () => {
    await runs(function* () {
      const { stdout, results } = yield* pipeline([['sh', '-c', 'echo a >&2'], ['cat']], {
        merge: true,
      })
      expect([stdout, results[0].stderr]).toEqual(['a\n', null])
    })
  })

  it('is given the same folder and variables', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'pipeline-'))
    await runs(function* () {
      const { stdout } = yield* pipeline([['sh', '-c', 'pwd; echo $A'], ['cat']], {
        cwd,
        env: { A: 'b' },
      })
      expect(stdout).toBe(`${cwd}\nb\n`)
    })
  })
})

function pipesOfOurs(): string[] {
  return Array.from({ length: 100 }, (_, fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
}

describe('a pipeline in async code', () => {
  it('gives its output, or fails', async () => {
    await run(async () => {
      const { stdout } = await pipeline([
        ['echo', 'hello'],
        ['tr', 'a-z', 'A-Z'],
      ])
      expect(stdout).toBe('HELLO\n')
      await expect(pipeline([['false'], ['true']])).rejects.toThrow(PipelineFailedError)
    })
  })
})

describe('a bad argument of pipeline', () => {
  const bad: [string, () => unknown, typeof TypeError | typeof RangeError, RegExp][] = [
    ['commands', () => pipeline('ls' as never), TypeError, /array of commands, got ls/],
    ['no command', () => pipeline([]), RangeError, /one command at least/],
    ['command', () => pipeline(['ls' as never]), TypeError, /\[program, \.\.\.arguments\], got ls/],
    ['empty command', () => pipeline([[] as never]), TypeError, /the program/],
    ['argument', () => pipeline([['ls', 1 as never]]), TypeError, /the argument 0/],
    ['options', () => pipeline([['ls']], 1 as PipelineOptions), TypeError, /options/],
    ['sigpipe', () => pipeline([['ls']], { allowSigpipe: 1 as never }), TypeError, /allowSigpipe/],
    ['timeout', () => pipeline([['ls']], { timeout: -1 }), RangeError, /timeout/],
  ]

  it.each(bad)('is refused at the door: %s', (_name, call, kind, message) => {
    expect(call).toThrow(kind)
    expect(call).toThrow(message)
  })
})
