// tsyncio: tsyncio OPERATION SECONDS [tree]
import {
  createSubprocessExec,
  createTask,
  gather,
  run,
  type StreamReader,
  type StreamWriter,
} from 'tsyncio'

import { batchesOf, type Spawning } from './batches.js'
import { measure } from './measure.js'
import { CAT, PIECE_BYTES } from './sizes.js'

const nothing = { stdin: 'null', stdout: 'null', stderr: 'null' } as const
const tree = process.argv[4] === 'tree'

function* feed(stdin: StreamWriter, bytes: number) {
  const piece = Buffer.alloc(PIECE_BYTES, 'x')
  for (let sent = 0; sent < bytes; sent += PIECE_BYTES) {
    stdin.write(piece)
    yield* stdin.drain()
  }
  stdin.close()
}

function* count(stdout: StreamReader) {
  let bytes = 0
  for (let data; (data = yield* stdout.read(PIECE_BYTES)) !== null;) bytes += data.length
  return bytes
}

function* runTrue() {
  const start = performance.now()
  const child = yield* createSubprocessExec('/bin/true', [], { ...nothing, tree })
  const held = performance.now() - start
  yield* child.wait()
  if (tree) yield* child.close()
  return held
}

function* sendThroughCat(bytes: number) {
  const [pin, ...cat] = CAT
  const child = yield* createSubprocessExec(pin, cat, { stdin: 'pipe', stdout: 'pipe' })
  const [, back] = yield* gather([feed(child.stdin!, bytes), count(child.stdout!)])
  yield* child.wait()
  return back
}

class Tsyncio implements Spawning {
  async runTrue(): Promise<number> {
    return await createTask(runTrue)
  }

  async cat(bytes: number): Promise<number> {
    return await createTask(() => sendThroughCat(bytes))
  }

  async sleep(): Promise<unknown> {
    const child = await createSubprocessExec('/bin/sleep', ['1000'], nothing)
    process.on('exit', () => child.kill())
    return child
  }
}

process.setMaxListeners(0)
// One loop for all, as a program would have it.
await run(() => measure(batchesOf(new Tsyncio())))
