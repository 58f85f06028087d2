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
const least = packagePath('dist/loops/least.js')
const effection = packagePath('dist/loops/effection.js')
const effect = packagePath('dist/loops/effect.js')
const python = packagePath('loops/asyncio-loop.py')

/** Promises became three times faster after Node 20. */
function mostOfPromises(): number {
  return Number.parseInt(process.versions.node) === 20 ? 1 / 2 : 2 / 3
}

function bar(contender: string, against: string, most: number): Bar {
  return { figure: 'cpu', what: 'CPU per operation', contender, against, most }
}

/** The operations of the loop, by CPU, and everybody's way of doing them. */
export function loopWorks(runtimes: Runtimes): LoopWork[] {
  const onNode = (name: string, program: string, operation: string) =>
    contenderOn(runtimes.node, name, [program, operation])
  const onAsyncio = (name: string, operation: string) =>
    contenderOn(runtimes.python, name, [python, 'asyncio', operation])
  const onPython = (operation: string) => [
    onAsyncio('asyncio', operation),
    contenderOn(runtimes.uvloop, 'uvloop', [python, 'uvloop', operation]),
  ]
  const inEffection = (operation: string) =>
    contenderOn(runtimes.effection, 'effection', [effection, operation])
  const inEffect = (operation: string) =>
    contenderOn(runtimes.effect, 'Effect', [effect, operation])
  const switching = (how: 'sleep' | 'future'): LoopWork => ({
    name: `switch-${how}`,
    work: `task switch by ${how === 'sleep' ? 'sleep(0)' : 'a future'}, 100 tasks`,
    contenders: [
      onNode('tsyncio generators', ours, `switch-${how}`),
      onNode('tsyncio async', ours, `switch-${how}-async`),
      onNode('bare generators', least, `switch-${how}`),
      ...(how === 'sleep' ? [onNode('bare thenables', least, 'switch-sleep-async')] : []),
      onNode('await new Promise', node, 'switch'),
      ...(how === 'sleep' ? [] : [inEffection('switch-future')]),
      inEffect(`switch-${how}`),
      ...onPython(`switch-${how}`),
    ],
    bars: [
      bar('tsyncio generators', 'asyncio', 1 / 8),
      bar('tsyncio generators', 'await new Promise', mostOfPromises()),
      bar('tsyncio async', 'await new Promise', 1.5),
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
      work: 'a million timers made, then cancelled',
      contenders: [
        onNode('tsyncio callLater', ours, 'timers'),
        onNode('bare objects', least, 'timers'),
        onNode('setTimeout', node, 'timers'),
        ...onPython('timers'),
      ],
      bars: [bar('tsyncio callLater', 'setTimeout', 1 / 2)],
    },
    {
      name: 'timeouts',
      work: 'a million timers, each cancelled before the next is made',
      contenders: [
        onNode('tsyncio callLater', ours, 'timeouts'),
        onNode('setTimeout', node, 'timeouts'),
        ...onPython('timeouts'),
      ],
      bars: [bar('tsyncio callLater', 'setTimeout', 1 / 2)],
    },
    switching('sleep'),
    switching('future'),
    {
      name: 'hand-over',
      work: 'hand-over between 2 tasks, to and fro',
      contenders: [
        onNode('tsyncio sleep(0)', ours, 'switch-pair'),
        onNode('tsyncio Lock', ours, 'hand-over-lock'),
        onNode('tsyncio Queue(1)', ours, 'hand-over-queue'),
        onNode('tsyncio openChannel(0)', ours, 'hand-over-channel'),
        onAsyncio('asyncio sleep(0)', 'switch-pair'),
        onAsyncio('asyncio Lock', 'hand-over-lock'),
        onAsyncio('asyncio Queue(1)', 'hand-over-queue'),
      ],
      bars: ['Lock', 'Queue(1)', 'openChannel(0)'].map((what) =>
        bar(`tsyncio ${what}`, 'tsyncio sleep(0)', 3),
      ),
    },
    {
      name: 'deep',
      work: 'wait at the innermost of 20 calls, 100 tasks',
      contenders: [
        onNode('tsyncio generators', ours, 'deep'),
        onNode('tsyncio async', ours, 'deep-async'),
        onNode('await new Promise', node, 'deep'),
        ...onPython('deep'),
      ],
      bars: [bar('tsyncio generators', 'await new Promise', 2)],
    },
    {
      name: 'create',
      work: 'create and await a task',
      contenders: [
        onNode('tsyncio generators', ours, 'create'),
        onNode('tsyncio async', ours, 'create-async'),
        onNode('bare generators', least, 'create'),
        onNode('await asyncFunction()', node, 'create'),
        inEffection('create'),
        inEffect('create'),
        ...onPython('create'),
      ],
      bars: [bar('tsyncio generators', 'asyncio', 1 / 10)],
    },
  ]
}
