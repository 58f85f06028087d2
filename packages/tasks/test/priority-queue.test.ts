import { execFileSync } from 'node:child_process'

import { PriorityQueue } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

interface Item {
  readonly priority: number
  readonly name: number
}

// Pushes what is no null, and pops for each null; prints the names of what was popped.
const heapq = `
import heapq, json, sys
class Item:
    def __init__(self, priority, name): self.priority, self.name = priority, name
    def __lt__(self, other): return self.priority < other.priority
heap, popped = [], []
for name, priority in enumerate(json.load(sys.stdin)):
    if priority is not None: heapq.heappush(heap, Item(priority, name))
    elif heap: popped.append(heapq.heappop(heap).name)
while heap: popped.append(heapq.heappop(heap).name)
print(json.dumps(popped))
`

function popped(priorities: readonly (number | null)[]): number[] {
  const queue = new PriorityQueue<Item>(0, { compare: (a, b) => a.priority - b.priority })
  const names: number[] = []
  for (const [name, priority] of priorities.entries()) {
    if (priority !== null) queue.putNowait({ priority, name })
    else if (!queue.empty()) names.push(queue.getNowait().name)
  }
  while (!queue.empty()) names.push(queue.getNowait().name)
  return names
}

describe('PriorityQueue', () => {
  it('gives equal items in the order in which heapq does', () => {
    // A small generator of our own, so that a failure can be repeated.
    let seed = 1
    const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n
    const priorities = Array.from({ length: 20_000 }, () => (random(5) < 2 ? null : random(8)))
    const input = JSON.stringify(priorities)
    const output = execFileSync('python3', ['-c', heapq], { input, encoding: 'utf8' })
    expect(popped(priorities)).toEqual(JSON.parse(output))
  })

  it('orders numbers, texts, dates, and arrays element by element', () => {
    const sorted = <T>(...items: T[]): T[] => {
      const queue = new PriorityQueue<T>()
      for (const item of items) queue.putNowait(item)
      return items.map(() => queue.getNowait())
    }
    expect(sorted(10, 9, -1, 9.5)).toEqual([-1, 9, 9.5, 10])
    expect(sorted('b', 'a', 'B')).toEqual(['B', 'a', 'b'])
    expect(sorted<unknown>(10n, 9, true)).toEqual([true, 9, 10n])
    expect(sorted(new Date(2), new Date(1))).toEqual([new Date(1), new Date(2)])
    expect(sorted([10, 'a'], [9, 'b'], [9, 'a'], [9])).toEqual([[9], [9, 'a'], [9, 'b'], [10, 'a']])
    expect(sorted([1, [2, 3]], [1, [2, 1]])).toEqual([
      [1, [2, 1]],
      [1, [2, 3]],
    ])
  })

  it('refuses what has no order, and keeps what it has', () => {
    const queue = new PriorityQueue()
    queue.putNowait([1, { job: 'wash' }])
    expect(() => queue.putNowait([1, { job: 'dry' }])).toThrow(TypeError)
    expect(() => queue.putNowait('a')).toThrow('which is lower, a or an array')
    expect(() => queue.putNowait(null)).toThrow(TypeError)
    queue.putNowait([0, { job: 'iron' }])
    expect([queue.qsize(), queue.getNowait(), queue.getNowait()]).toEqual([
      2,
      [0, { job: 'iron' }],
      [1, { job: 'wash' }],
    ])
    queue.taskDone()
    queue.taskDone()
    expect(() => queue.taskDone()).toThrow('too often')
  })

  it('keeps its items when the compare function throws', () => {
    let broken = false
    const compare = (a: number, b: number): number => {
      if (broken) throw new Error('broken')
      return a - b
    }
    const queue = new PriorityQueue<number>(0, { compare })
    for (const item of [5, 3, 4, 1, 2]) queue.putNowait(item)
    broken = true
    expect(() => queue.getNowait()).toThrow('broken')
    expect(() => queue.putNowait(0)).toThrow('broken')
    broken = false
    expect([1, 2, 3, 4, 5].map(() => queue.getNowait())).toEqual([1, 2, 3, 4, 5])
  })

  it('refuses a compare function that is none', () => {
    expect(() => new PriorityQueue(0, { compare: 'up' as never })).toThrow(TypeError)
  })
})
