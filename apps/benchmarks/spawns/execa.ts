// execa, as its documentation has it.
import { execa } from 'execa'

import { batchesOf, type Spawning } from './batches.js'
import { measure } from './measure.js'

class Execa implements Spawning {
  async runTrue(): Promise<number> {
    const start = performance.now()
    const running = execa('/bin/true', { stdio: 'ignore' })
    const held = performance.now() - start
    await running
    return held
  }

  cat(): Promise<number> {
    throw new Error('Not measured: its pipes are those of node:child_process.')
  }

  sleep(): Promise<unknown> {
    throw new Error('Not measured: its children are those of node:child_process.')
  }
}

await measure(batchesOf(new Execa()))
