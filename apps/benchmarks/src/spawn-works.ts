import type { Column } from './column.js'
import { contenderOn } from './contender-on.js'
import type { LoopWork } from './loop-works.js'
import { packagePath } from './package-path.js'
import type { Runtimes } from './runtimes.js'

/** Something that is done with processes, and everybody's way of doing it. */
export interface SpawnWork extends LoopWork {
  readonly columns: readonly Column[]
}

const ours = packagePath('dist/spawns/tsyncio.js')
const node = packagePath('dist/spawns/node.js')
const execa = packagePath('dist/spawns/execa.js')
const python = packagePath('spawns/asyncio-spawn.py')

const clock: Column = { figure: 'clock', title: 'clock us/process', digits: 0 }
const cpu: Column = { figure: 'cpu', title: 'own CPU us/process', digits: 0 }
const held: Column = { figure: 'held', title: 'thread held us', digits: 0 }
const speed: Column = { figure: 'megabytesPerSecond', title: 'MB/s', digits: 0 }
const idle: Column = { figure: 'idle', title: 'CPU us/s', digits: 0 }

// Node 20 forks; later ones share the memory until the program runs, as posix_spawn does.
function mostHeld(onNode20: number): number {
  return Number.parseInt(process.versions.node) === 20 ? onNode20 : 1 / 3
}

/** What is done with processes, and what we hold ourselves to. */
export function spawnWorks(runtimes: Runtimes): SpawnWork[] {
  const tsyncio = (operation: string, name = 'tsyncio', ...more: string[]) =>
    contenderOn(runtimes.node, name, [ours, operation, ...more])
  const childProcess = (operation: string) =>
    contenderOn(runtimes.node, 'node:child_process', [node, operation])
  const inExeca = (operation: string) => contenderOn(runtimes.execa, 'execa', [execa, operation])
  const asyncio = (operation: string) =>
    contenderOn(runtimes.python, 'asyncio', [python, operation])
  const heldWith = (mebibytes: number, onNode20: number): SpawnWork => ({
    name: `held-${mebibytes}`,
    work: `start a program beside ${mebibytes} MiB of Buffers`,
    contenders: [tsyncio(`held-${mebibytes}`), childProcess(`held-${mebibytes}`)],
    columns: [held],
    bars: [
      {
        figure: 'held',
        what: 'time the thread is held',
        contender: 'tsyncio',
        against: 'node:child_process',
        most: mostHeld(onNode20),
      },
    ],
  })
  const everybody = (operation: string) => [
    tsyncio(operation),
    contenderOn(runtimes.node, 'tsyncio tree: true', [ours, operation, 'tree']),
    childProcess(operation),
    inExeca(operation),
    asyncio(operation),
  ]
  return [
    heldWith(0, 1 / 2),
    heldWith(200, 1 / 10),
    heldWith(800, 1 / 20),
    {
      name: 'sequential',
      work: '/bin/true, one after the other',
      contenders: everybody('sequential'),
      columns: [clock, cpu],
      bars: [],
    },
    {
      name: 'at-once',
      work: '/bin/true, 16 at once',
      contenders: everybody('at-once'),
      columns: [clock, cpu],
      bars: [],
    },
    {
      name: 'cat',
      work: '1 GiB through the pipes of a cat',
      contenders: [tsyncio('cat'), childProcess('cat'), asyncio('cat')],
      columns: [speed],
      bars: [
        {
          figure: 'megabytesPerSecond',
          what: 'bytes per second',
          contender: 'tsyncio',
          against: 'node:child_process',
          least: 1.5,
        },
      ],
    },
    {
      name: 'idle',
      work: '500 children that sleep',
      contenders: [tsyncio('idle'), childProcess('idle')],
      columns: [idle],
      bars: [],
    },
  ]
}
