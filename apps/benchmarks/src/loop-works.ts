import type { Bar } from './bar.js'
import type { MaybeContender } from './contender.js'
import { contenderOn } from './contender-on.js'
import { packagePath } from './package-path.js'
import type { Runtimes } from './runtimes.js'

/** One operation of the loop, what does it, and what we hold ourselves to. */
export interface LoopWork {
  readonly name: string
  readonly work: string
  readonly contenders: readonly MaybeContender[]
  readonly bars: readonly Bar[]
}

const node = packagePath('dist/loops/node.js')
const ours = packagePath('dist/loops/tsyncio.js')
const python = packagePath('loops/asyncio-loop.py')

/** Promises became three times faster after Node 20. */
function mostOfPromises(): number {
  return Number.parseInt(process.versions.node) === 20 ? 1 / 2 : 2 / 3
}

function bar(contender: string, against: string, most: number): Bar {
  return { figure: 'cpu', what: 'CPU per operation', contender, against, most }
}

/** The operations of the loop and everybody's way of doing them. */
export function loopWorks(runtimes: Runtimes): LoopWork[] {
  const onNode = (name: string, program: string, operation: string) =>
    contenderOn(runtimes.node, name, [program, operation])
  const onPython = (operation: string) => [
    contenderOn(runtimes.python, 'asyncio', [python, 'asyncio', operation]),
    contenderOn(runtimes.uvloop, 'uvloop', [python, 'uvloop', operation]),
  ]
  const switching = (how: string): LoopWork => ({
    name: `switch-${how}`,
    work: `task switch by ${how === 'sleep' ? 'sleep(0)' : 'a future'}, 100 tasks`,
    contenders: [
      onNode('tsyncio generators', ours, `switch-${how}`),
      onNode('tsyncio async', ours, `switch-${how}-async`),
      onNode('await new Promise', node, 'switch'),
      ...onPython(`switch-${how}`),
    ],
    bars: [
      bar('tsyncio generators', 'asyncio', 1 / 8),
      bar('tsyncio generators', 'await new Promise', mostOfPromises()),
    ],
  })
  return [
    {
      name: 'call-soon',
      work: '200,000 callbacks queued and run',
      contenders: [
        onNode('tsyncio callSoon', ours, 'call-soon'),
        onNode('setImmediate', node, 'call-soon'),
        onNode('queueMicrotask', node, 'call-soon-microtask'),
        ...onPython('call-soon'),
      ],
      bars: [],
    },
    {
      name: 'timers',
      work: 'a million timers made and cancelled',
      contenders: [
        onNode('tsyncio callLater', ours, 'timers'),
        onNode('setTimeout', node, 'timers'),
        ...onPython('timers'),
      ],
      bars: [bar('tsyncio callLater', 'setTimeout', 1 / 2)],
    },
    switching('sleep'),
    switching('future'),
    {
      name: 'create',
      work: 'create and await a task',
      contenders: [
        onNode('tsyncio generators', ours, 'create'),
        onNode('tsyncio async', ours, 'create-async'),
        onNode('await asyncFunction()', node, 'create'),
        ...onPython('create'),
      ],
      bars: [bar('tsyncio generators', 'asyncio', 1 / 10)],
    },
  ]
}
