import { getRunningLoop, type Future } from '@tsyncio/loop'
import { describe, expect, it } from 'vitest'

import { captureCallGraph, type FutureCallGraph } from '../call-graph.js'
import { createTask } from '../create-task.js'
import { currentTask } from '../current-strand.js'
import { formatCallGraph } from '../format-call-graph.js'
import { gather } from '../gather.js'
import { shield } from '../shield.js'
import { sleep } from '../sleep.js'
import { taskGroup } from '../task-group.js'
import { Task } from '../task.js'
import { timeout } from '../timeout.js'
import { wait as waitForAll } from '../wait.js'
import type { TaskDrive } from './conformance.js'
import type { Waited } from './spelling.js'

type Edges = [string, ...Edges[]]

function nameOf(future: Future): string {
  return future instanceof Task ? future.name : future.constructor.name
}

function edges(graph: FutureCallGraph | null): Edges {
  if (graph === null) throw new Error('There is no graph.')
  return [nameOf(graph.future), ...graph.awaitedBy.map(edges)]
}

/** IN1, IN2: who waits for whom. */
export function describeCallGraph({ spelling: { body, wait }, run }: TaskDrive): void {
  describe('the call graph', () => {
    it('is that of the current task, and null in a callback', async () => {
      const main = body(function* () {
        const loop = getRunningLoop()
        const inCallback = loop.createFuture()
        loop.callSoon(() => inCallback.setResult([captureCallGraph(), formatCallGraph()]))
        return [captureCallGraph()?.future === currentTask(), yield* wait(inCallback)]
      })
      expect(await run(main)).toEqual([true, [null, '']])
    })

    it('has who waits for a task, and for these', async () => {
      const main = body(function* () {
        const waiting = (inner: Future) =>
          body(function* () {
            yield* wait(inner)
          })
        const future = getRunningLoop().createFuture()
        const inner = createTask(waiting(future), { name: 'inner' })
        createTask(waiting(inner), { name: 'first' })
        createTask(waiting(inner), { name: 'second' })
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        return edges(captureCallGraph(future))
      })
      expect(await run(main)).toEqual(['Future', ['inner', ['first'], ['second']]])
    })

    it('goes through gather, wait, shield and groups', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture()
        const waiting = (what: () => Waited<unknown>) =>
          body(function* () {
            yield* wait(what())
          })
        const tasks = [
          createTask(
            waiting(() => gather([future])),
            { name: 'gathering' },
          ),
          createTask(
            waiting(() => waitForAll([future])),
            { name: 'waiting' },
          ),
          createTask(
            waiting(() => shield(future)),
            { name: 'shielding' },
          ),
          createTask(
            () =>
              taskGroup(
                body(function* (group) {
                  group.createTask(
                    waiting(() => future),
                    { name: 'member' },
                  )
                  yield* wait(sleep(60_000))
                }),
              ),
            { name: 'grouping' },
          ),
        ]
        for (let i = 0; i < 3; i++) yield* wait(sleep(0))
        const graph = edges(captureCallGraph(future))
        for (const task of tasks) task.cancel()
        return graph
      })
      expect(await run(main)).toEqual([
        'Future',
        ['gathering'],
        ['waiting'],
        ['shielding'],
        ['member', ['grouping']],
      ])
    })

    it('keeps no edge of a wait that is over', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture()
        const task = createTask(() =>
          timeout(
            1,
            body(function* () {
              yield* wait(gather([future, future]))
            }),
          ),
        )
        yield* wait(gather([task], { returnExceptions: true }))
        return edges(captureCallGraph(future))
      })
      expect(await run(main)).toEqual(['Future'])
    })

    it('shows tasks that wait in a circle as a circle', async () => {
      const main = body(function* () {
        const tasks: Task[] = []
        const waiting = (other: number) =>
          body(function* () {
            yield* wait(tasks[other] as Task)
          })
        tasks.push(createTask(waiting(1), { name: 'a' }), createTask(waiting(0), { name: 'b' }))
        yield* wait(sleep(0))
        yield* wait(sleep(0))
        const graph = captureCallGraph(tasks[0])
        const text = formatCallGraph(tasks[0], { limit: 0 })
        tasks[0]?.cancel()
        return [graph?.awaitedBy[0]?.awaitedBy[0] === graph, text]
      })
      const text = [
        '* <Task a pending>',
        '  + Awaited by:',
        '    * <Task b pending>',
        '      + Awaited by:',
        '        * <Task a pending>, which is above: a circle',
      ]
      expect(await run(main)).toEqual([true, text.join('\n')])
    })

    it('of a task changes nothing for it', async () => {
      const main = body(function* () {
        const future = getRunningLoop().createFuture<string>()
        const task = createTask(
          body(function* () {
            yield* wait(sleep(1))
            return yield* wait(
              timeout(
                60_000,
                body(function* () {
                  yield* wait(sleep(1))
                  return yield* wait(future)
                }),
              ),
            )
          }),
        )
        for (const delay of [0, 0.5, 1, 0, 2, 0]) {
          yield* wait(sleep(delay))
          captureCallGraph(task)
        }
        future.setResult('as ever')
        captureCallGraph(task)
        return yield* wait(task)
      })
      expect(await run(main)).toBe('as ever')
    })
  })
}
