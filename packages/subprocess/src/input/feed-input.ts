import type { StreamWriter } from '@tsyncio/streams'
import { OSError } from '@tsyncio/syscalls'
import { FIRST_COMPLETED, wait, type Coroutine, type Gen } from '@tsyncio/tasks'

import { beside } from '../beside.js'
import { inputChunks, type InputChunks } from './input-chunks.js'
import { isChunk, type ProcessInput } from './process-input.js'

// The child may end, or close its stdin, without having read all: that is its affair.
const readerIsGone = new Set(['EPIPE', 'ECONNRESET'])

/** Whether there is still somebody who reads. */
function* stillRead(wait: Coroutine<void>): Gen<boolean> {
  try {
    yield* wait
    return true
  } catch (error) {
    if (error instanceof OSError && readerIsGone.has(error.code)) return false
    throw error
  }
}

function* pump(stdin: StreamWriter, chunks: InputChunks): Gen<boolean> {
  for (let chunk; (chunk = yield* chunks.next()) !== null;) {
    stdin.write(chunk)
    if (!(yield* stillRead(stdin.drain()))) return false
  }
  return true
}

// An input that has nothing for us at the moment must not keep us when nobody reads it.
function* pumpWhileRead(stdin: StreamWriter, chunks: InputChunks): Gen<void> {
  const works = [pump(stdin, chunks), stillRead(stdin.waitClosed())]
  try {
    yield* beside(works, function* (tasks) {
      const { done } = yield* wait(tasks, { returnWhen: FIRST_COMPLETED })
      for (const task of done) yield* task
    })
  } finally {
    yield* chunks.close()
  }
}

/** Writes an input to a process's stdin, as fast as that is read, and closes it. */
export function* feedInput(stdin: StreamWriter, input: ProcessInput | undefined): Gen<void> {
  if (isChunk(input)) stdin.write(input)
  else if (input !== undefined) yield* pumpWhileRead(stdin, inputChunks(input))
  stdin.close()
  yield* stillRead(stdin.waitClosed())
}
