// node:child_process.
import { spawn, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'

import { batchesOf, type Spawning } from './batches.js'
import { measure } from './measure.js'
import { CAT, PIECE_BYTES } from './sizes.js'

const nothing: StdioOptions = 'ignore'

class ChildProcess implements Spawning {
  async runTrue(): Promise<number> {
    const start = performance.now()
    const child = spawn('/bin/true', [], { stdio: nothing })
    const held = performance.now() - start
    await once(child, 'exit')
    return held
  }

  async cat(bytes: number): Promise<number> {
    const [pin, ...cat] = CAT
    const child = spawn(pin, cat, { stdio: ['pipe', 'pipe', 'inherit'] })
    let back = 0
    child.stdout.on('data', (data: Buffer) => (back += data.length))
    const piece = Buffer.alloc(PIECE_BYTES, 'x')
    for (let sent = 0; sent < bytes; sent += PIECE_BYTES) {
      if (!child.stdin.write(piece)) await once(child.stdin, 'drain')
    }
    child.stdin.end()
    await once(child, 'close')
    return back
  }

  async sleep(): Promise<unknown> {
    const child = spawn('/bin/sleep', ['1000'], { stdio: nothing })
    process.on('exit', () => child.kill())
    return await once(child, 'spawn')
  }
}

process.setMaxListeners(0)
await measure(batchesOf(new ChildProcess()))
