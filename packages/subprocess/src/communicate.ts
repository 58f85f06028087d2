import { gather, type Gen } from '@tsyncio/tasks'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'

import { beside } from './beside.js'
import type { Exit } from './exit.js'
import { feedInput } from './input/feed-input.js'
import type { ProcessInput } from './input/process-input.js'
import type { ProcessPipes } from './process-pipes.js'

function* feed(stdin: StreamWriter | null, input: ProcessInput | undefined): Gen<null> {
  if (stdin !== null) yield* feedInput(stdin, input)
  return null
}

function* readAll(reader: StreamReader | null): Gen<Buffer | null> {
  if (reader === null) return null
  return (yield* reader.read()) ?? Buffer.alloc(0)
}

function* copied(pipes: ProcessPipes): Gen<null> {
  yield* pipes.copied()
  return null
}

/** All at once, since a child that is not read from stops reading. */
export function* communicate(
  exit: Exit,
  pipes: ProcessPipes,
  input: ProcessInput | undefined,
): Gen<[stdout: Buffer | null, stderr: Buffer | null]> {
  const { stdin, stdout: out, stderr: err } = pipes
  const works = [readAll(out), readAll(err), feed(stdin, input), copied(pipes)]
  const [stdout = null, stderr = null] = yield* beside(works, function* (tasks) {
    return yield* gather(tasks)
  })
  yield* exit.wait()
  return [stdout, stderr]
}
