import type { Coroutine } from '@tsyncio/tasks'
import { openSync } from 'node:fs'
import { describe, expectTypeOf, it } from 'vitest'

import {
  pipeline,
  PIPE,
  runProcess,
  STDOUT,
  subprocessExec,
  waitForLine,
  type OutputEncoding,
  type Process,
  type ProcessFailedError,
  type ProcessLine,
  type ProcessLines,
  type ProcessResult,
  type RunProcessOptions,
  type SubprocessTransport,
} from '@tsyncio/subprocess'

type ResultOf<C> = C extends Coroutine<infer R> ? R : never

describe('the output of runProcess', () => {
  it('is text', () => {
    expectTypeOf(runProcess('ls')).toEqualTypeOf<Coroutine<ProcessResult<string, string>>>()
    expectTypeOf(runProcess('ls', ['-l'], { timeout: 5 })).toEqualTypeOf<
      Coroutine<ProcessResult<string, string>>
    >()
    expectTypeOf(
      runProcess('ls', [], { encoding: 'utf8', stdout: PIPE, check: false }),
    ).toEqualTypeOf<Coroutine<ProcessResult<string, string>>>()
  })

  it('is bytes on request', () => {
    expectTypeOf(runProcess('ls', [], { encoding: 'buffer' })).toEqualTypeOf<
      Coroutine<ProcessResult<Buffer, Buffer>>
    >()
  })

  it('is either when the encoding is not known', () => {
    const encoding = 'utf8' as OutputEncoding
    const _either = runProcess('ls', [], { encoding })
    expectTypeOf<ResultOf<typeof _either>['stdout']>().toEqualTypeOf<string | Buffer>()
  })

  it('is null where it goes elsewhere', () => {
    expectTypeOf(runProcess('ls', [], { stdout: 'null', stderr: 'inherit' })).toEqualTypeOf<
      Coroutine<ProcessResult<null, null>>
    >()
    expectTypeOf(
      runProcess('ls', [], { stdout: openSync('/dev/null', 'w'), encoding: 'buffer' }),
    ).toEqualTypeOf<Coroutine<ProcessResult<null, Buffer>>>()
    expectTypeOf(runProcess('ls', [], { merge: true })).toEqualTypeOf<
      Coroutine<ProcessResult<string, null>>
    >()
    expectTypeOf(runProcess('ls', [], { stderr: STDOUT })).toEqualTypeOf<
      Coroutine<ProcessResult<string, null>>
    >()
    expectTypeOf(runProcess('ls', [], { merge: false })).toEqualTypeOf<
      Coroutine<ProcessResult<string, string>>
    >()
  })

  it('may be null when it is not known where it goes', () => {
    const stdout = 'pipe' as 'pipe' | 'null'
    expectTypeOf(runProcess('ls', [], { stdout, merge: true as boolean })).toEqualTypeOf<
      Coroutine<ProcessResult<string | null, string | null>>
    >()
  })

  it('is anything for options of any kind', () => {
    const options: RunProcessOptions = {}
    expectTypeOf(runProcess('ls', [], options)).toEqualTypeOf<
      Coroutine<ProcessResult<string | Buffer | null, string | Buffer | null>>
    >()
    expectTypeOf<ProcessFailedError['result']['stdout']>().toEqualTypeOf<string | Buffer | null>()
  })

  it('takes every kind of input, and no other', () => {
    const inputs = [
      'text',
      new Uint8Array(1),
      ['a', Buffer.from('b')],
      new Set(['a']),
      new URL('file:///dev/null'),
      { file: '/dev/null' },
      process.stdin,
      new Blob([]).stream(),
    ] as const
    for (const input of inputs) void runProcess('cat', [], { input })
    // @ts-expect-error numbers are no input
    void runProcess('cat', [], { input: 7 })
    // @ts-expect-error pieces are text or bytes
    void runProcess('cat', [], { input: [7] })
    // @ts-expect-error there is no such encoding
    void runProcess('cat', [], { encoding: 'latin1' })
    // @ts-expect-error there is no such option
    void runProcess('cat', [], { maxBuffer: 7 })
    // @ts-expect-error arguments are text
    void runProcess('cat', [7])
  })
})

describe('the results of a pipeline', () => {
  it('are as many as its commands', () => {
    const _piped = pipeline([['yes'], ['head', '-n', '1']])
    type Result = ResultOf<typeof _piped>
    expectTypeOf<Result['stdout']>().toEqualTypeOf<string>()
    expectTypeOf<Result['results']['length']>().toEqualTypeOf<2>()
    expectTypeOf<Result['results'][0]>().toEqualTypeOf<ProcessResult<string | null, string>>()
    // @ts-expect-error there is no third
    expectTypeOf<Result['results'][2]>().toBeNever()
  })

  it('are of the encoding', () => {
    const commands: [string, ...string[]][] = [['yes']]
    const _piped = pipeline(commands, { encoding: 'buffer', stderr: 'null' })
    type Result = ResultOf<typeof _piped>
    expectTypeOf<Result['stdout']>().toEqualTypeOf<Buffer>()
    expectTypeOf<Result['results'][number]>().toEqualTypeOf<ProcessResult<Buffer | null, null>>()
  })

  it('come of commands that are programs with their arguments', () => {
    // @ts-expect-error a command is an array
    void pipeline(['yes'])
    // @ts-expect-error a command has a program
    void pipeline([[]])
  })
})

describe('lines', () => {
  it('have a text and a source, in both spellings', () => {
    expectTypeOf<ReturnType<Process['lines']>>().toEqualTypeOf<ProcessLines>()
    expectTypeOf<ReturnType<ProcessLines['read']>>().toEqualTypeOf<Coroutine<ProcessLine | null>>()
    expectTypeOf<ProcessLine['source']>().toEqualTypeOf<'stdout' | 'stderr'>()
    const texts = async (lines: ProcessLines): Promise<string> => {
      for await (const line of lines) return line.text
      return ''
    }
    expectTypeOf(texts).returns.resolves.toEqualTypeOf<string>()
  })

  it('are found with what the expression has found', () => {
    const _found = (process: Process) => waitForLine(process, /x/)
    expectTypeOf<
      ResultOf<ReturnType<typeof _found>>['match']
    >().toEqualTypeOf<RegExpExecArray | null>()
  })
})

describe('subprocessExec', () => {
  it('gives the protocol that the factory makes', () => {
    class Mine {
      readonly name = 'mine'
      processExited(): void {
        // Nothing is noted.
      }
    }
    expectTypeOf(subprocessExec(() => new Mine(), 'ls')).toEqualTypeOf<
      Coroutine<[SubprocessTransport, Mine]>
    >()
  })
})
