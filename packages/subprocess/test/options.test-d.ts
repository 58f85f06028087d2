import { describe, expectTypeOf, it } from 'vitest'
import { Readable, type Writable } from 'node:stream'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'
import {
  createSubprocessExec,
  type OutputOption,
  type Process,
  type ProcessUsage,
  type StdinOption,
} from '@tsyncio/subprocess'

describe('the options of a process', () => {
  it('take stdio of any kind, in its direction', () => {
    expectTypeOf<StreamReader | Readable | ReadableStream>().toExtend<StdinOption>()
    expectTypeOf<StreamWriter | Writable | WritableStream>().toExtend<OutputOption>()
    expectTypeOf<{ file: URL }>().toExtend<StdinOption>()
    expectTypeOf<{ file: string; append: boolean }>().toExtend<OutputOption>()
    expectTypeOf<StreamWriter>().not.toExtend<StdinOption>()
    // @ts-expect-error one cannot write to it
    void createSubprocessExec('true', [], { stdout: Readable.from([]) })
    // @ts-expect-error only stderr can go where stdout goes
    void createSubprocessExec('true', [], { stdin: 'stdout' })
    // @ts-expect-error users are numbers here
    void createSubprocessExec('true', [], { uid: 'nobody' })
  })

  it('say what is known before the end, and after it', () => {
    expectTypeOf<Process['usage']>().toEqualTypeOf<ProcessUsage | null>()
  })
})
