import { gather, type Gen } from '@tsyncio/tasks'
import { OSError } from '@tsyncio/syscalls'
import type { StreamReader, StreamWriter } from '@tsyncio/streams'

import type { Exit } from './exit.js'
import type { ProcessPipes } from './process-pipes.js'

// The child may end, or close its stdin, without having read all: that is its affair.
const readerIsGone = new Set(['EPIPE', 'ECONNRESET'])

function* feed(stdin: StreamWriter | null, input: Uint8Array | string | undefined): Gen<void> {
  if (stdin === null) return
  try {
    if (input !== undefined) {
      stdin.write(input)
      yield* stdin.drain()
    }
    stdin.close()
    yield* stdin.waitClosed()
  } catch (error) {
    if (!(error instanceof OSError && readerIsGone.has(error.code))) throw error
  }
}

function* readAll(reader: StreamReader | null): Gen<Buffer | null> {
  if (reader === null) return null
  return (yield* reader.read()) ?? Buffer.alloc(0)
}

/** All at once, since a child that is not read from stops reading. */
export function* communicate(
  exit: Exit,
  pipes: ProcessPipes,
  input: Uint8Array | string | undefined,
): Gen<[stdout: Buffer | null, stderr: Buffer | null]> {
  const [stdout, stderr] = yield* gather([
    readAll(pipes.stdout),
    readAll(pipes.stderr),
    feed(pipes.stdin, input),
    pipes.copied(),
  ])
  yield* exit.wait()
  return [stdout, stderr]
}
