import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it, vi } from 'vitest'

import { leakCheck } from '../leak-check.js'
import { onEachDriver } from '../spellings.js'
import { told, type Told } from './ours.js'
import { scripts, type Script } from './scripts.js'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

leakCheck()

const theirs = new Map<Script, Told[]>()

beforeAll(() => {
  const program = fileURLToPath(new URL('theirs.py', import.meta.url))
  const output = execFileSync('python3', [program], {
    input: JSON.stringify(scripts),
    // What it says of faults of its own is only of interest if it fails.
    stdio: 'pipe',
  })
  const all = JSON.parse(String(output)) as Told[][]
  for (const [index, events] of all.entries()) theirs.set(scripts[index]!, events)
})

/** What must be the same: all of it, or what has an order whichever way the kernel went. */
function comparable({ ordered }: Script, [made, ...events]: Told[]): unknown {
  // Whether the process has ended already when it is made known is a matter of luck.
  const first = made?.slice(0, 2)
  if (ordered) return [first, ...events]
  const middle = events.slice(0, -1)
  const ofPipe = (fd: number) => middle.filter(([name, of]) => isOfPipe(name) && of === fd)
  return {
    first,
    last: events.at(-1),
    pipes: [0, 1, 2].map((fd) => joined(ofPipe(fd))),
    rest: middle.filter(([name]) => !isOfPipe(name)),
  }
}

const isOfPipe = (name: string) => name === 'data' || name === 'lost'

/** Other things may have come between two pieces of data. */
function joined(events: Told[]): unknown {
  const data = events.filter(([name]) => name === 'data').map(([, , text]) => text)
  const ends = events.map(([name]) => name).indexOf('lost')
  return { data: data.join(''), isLostLast: ends === events.length - 1, lost: events[ends] }
}

onEachDriver('a subprocess protocol', (runs) => {
  it.each(scripts.map((script) => [script.name, script] as const))(
    'is told the same as asyncio’s of a process that %s',
    async (_name, script) => {
      const ours = await runs(() => told(script))
      const expected = theirs.get(script)!
      expect(comparable(script, ours)).toEqual(comparable(script, expected))
      expect(ours[0]![0]).toBe('made')
      expect(ours.at(-1)![0]).toBe('end')
    },
  )
})
