// tsyncio: tsyncio OPERATION SECONDS [tree]
import { createSubprocessExec, gather, run, type StreamReader, type StreamWriter } from 'tsyncio'

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

class Tsyncio implements Spawning {
  runTrue(): Promise<number> {
    return run(function* () {
      const start = performance.now()
      const child = yield* createSubprocessExec('/bin/true', [], { ...nothing, tree })
      const held = performance.now() - start
      yield* child.wait()
      if (tree) yield* child.close()
      return held
    })
  }

  cat(bytes: number): Promise<number> {
    return run(function* () {
      const [pin, ...cat] = CAT
      const child = yield* createSubprocessExec(pin, cat, { stdin: 'pipe', stdout: 'pipe' })
      const [, back] = yield* gather([feed(child.stdin!, bytes), count(child.stdout!)])
      yield* child.wait()
      return back
    })
  }

  async sleep(): Promise<unknown> {
    const child = await createSubprocessExec('/bin/sleep', ['1000'], nothing)
    process.on('exit', () => child.kill())
    return child
  }
}

process.setMaxListeners(0)
await measure(batchesOf(new Tsyncio()))
