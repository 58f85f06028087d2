import { contenderOn } from './contender-on.js'
import type { LoopWork } from './loop-works.js'
import { packagePath } from './package-path.js'
import type { Runtimes } from './runtimes.js'

const program = packagePath('dist/loops/memory.js')
const python = packagePath('loops/asyncio-memory.py')

/** What a task takes while it sleeps. */
export function memoryWork({ node, python: asyncio, uvloop }: Runtimes): LoopWork {
  const onNode = (name: string, what: string) =>
    contenderOn(node, name, ['--expose-gc', program, what])
  return {
    name: 'memory',
    work: 'memory of 100,000 sleeping tasks',
    contenders: [
      onNode('tsyncio generators', 'generators'),
      onNode('tsyncio async', 'async'),
      onNode('await new Promise', 'promises'),
      contenderOn(asyncio, 'asyncio', [python, 'asyncio']),
      contenderOn(uvloop, 'uvloop', [python, 'uvloop']),
    ],
    bars: [],
  }
}
