import { EventLoop, getRunningLoop } from '@tsyncio/loop'
import {
  captureCallGraph,
  createTask,
  formatCallGraph,
  printCallGraph,
  runBlocking,
  sleep,
  taskGroup,
  timeout,
  until,
  type FrameCallGraphEntry,
  type FutureCallGraph,
} from '@tsyncio/tasks'
import { runVirtual as run } from '@tsyncio/tasks/testing'
import { describe, expect, it } from 'vitest'

function names(graph: FutureCallGraph | null): string[] {
  return (graph?.callStack ?? []).map(({ name }) => name.replace(/^.*\./, ''))
}

function frame(graph: FutureCallGraph | null, name: string): FrameCallGraphEntry | undefined {
  return graph?.callStack.find((each) => each.name.endsWith(name))
}

function* leaf() {
  yield* sleep(10)
}
function* middle() {
  yield* timeout(60_000, function* inTimeout() {
    yield* leaf()
  })
}
function* root() {
  yield* middle()
}

describe('the call graph of generators', () => {
  it('has the whole stack of a task that waits, with the lines', async () => {
    const graph = await run(function* () {
      const task = createTask(root())
      yield* sleep(1)
      return captureCallGraph(task)
    })
    expect(names(graph)).toEqual(['leaf', 'inTimeout', 'middle', 'root'])
    for (const { place } of graph?.callStack ?? []) expect(place).toMatch(/call-graph.test.ts:\d+/)
  })

  it('has the stack of the task that runs, whoever blocks below', () => {
    function* inner() {
      yield* sleep(1)
      return captureCallGraph()
    }
    const graph = runBlocking(function* outer() {
      return yield* timeout(60_000, inner)
    })
    expect(names(graph)).toEqual(['inner', 'outer'])
  })

  it('goes on through waits of every kind', async () => {
    const graphs = await run(function* () {
      const future = getRunningLoop().createFuture()
      const tasks = [
        createTask(function* future1() {
          yield* future
        }),
        createTask(function* promise() {
          yield* until(new Promise(() => undefined))
        }),
        createTask(function* group() {
          yield* taskGroup(function* groupBody() {
            yield* future
          })
        }),
        createTask(function* asyncBody() {
          yield* timeout(60_000, async () => await future)
        }),
      ]
      yield* sleep(1)
      return tasks.map((task) => names(captureCallGraph(task)).at(-1))
    })
    expect(graphs).toEqual(['future1', 'promise', 'group', 'asyncBody'])
  })

  it('has no more of it than asked for', async () => {
    const stacks = await run(function* () {
      const task = createTask(root())
      yield* sleep(1)
      return [2, -1, 0, 9].map((limit) => names(captureCallGraph(task, { limit })))
    })
    expect(stacks).toEqual([
      ['leaf', 'inTimeout'],
      ['root'],
      [],
      ['leaf', 'inTimeout', 'middle', 'root'],
    ])
  })

  it('has the name of a function that has not begun', async () => {
    const stack = await run(function* () {
      const task = createTask(function* notYet() {
        yield* sleep(1)
      })
      return captureCallGraph(task)?.callStack
    })
    expect(stack).toEqual([{ name: 'notYet', place: undefined }])
  })
})

describe('the call graph of async functions', () => {
  async function asyncLeaf() {
    await sleep(10)
  }
  async function asyncRoot() {
    await Promise.resolve()
    await asyncLeaf()
  }

  it('has the name of the function', async () => {
    const graph = await run(async () => {
      const task = createTask(asyncRoot)
      await sleep(1)
      return captureCallGraph(task)
    })
    expect(graph?.callStack).toEqual([{ name: 'asyncRoot', place: undefined }])
  })

  it('has all of the stack with its lines in debug mode', async () => {
    const graph = await run(
      async () => {
        const task = createTask(asyncRoot)
        await sleep(1)
        return captureCallGraph(task)
      },
      { debug: true },
    )
    expect(names(graph)).toEqual(['asyncLeaf', 'asyncRoot'])
    expect(frame(graph, 'asyncRoot')?.place).toMatch(/call-graph.test.ts:\d+/)
  })

  it('has the branches of Promise.all, and the generators that called', async () => {
    const graph = await run(
      async () => {
        const task = createTask(function* caller() {
          yield* timeout(60_000, async function both() {
            await sleep(1)
            await Promise.all([asyncLeaf(), asyncRoot()])
          })
        })
        await sleep(5)
        return captureCallGraph(task)
      },
      { debug: true },
    )
    expect(names(graph)).toEqual(['asyncLeaf', 'asyncRoot', 'both', 'caller'])
  })

  it('has the functions that run', async () => {
    async function here() {
      await sleep(1)
      return captureCallGraph()
    }
    const graph = await run(async function main() {
      return await here()
    })
    expect(names(graph)).toEqual(['here', 'main'])
  })
})

describe('captureCallGraph', () => {
  it('needs a future where no loop is running', () => {
    expect(() => captureCallGraph()).toThrow(/No loop is running/)
    using loop = new EventLoop()
    const future = loop.createFuture()
    const graph = captureCallGraph(future)
    expect(graph?.future === future).toBe(true)
    expect([graph?.callStack, graph?.awaitedBy]).toEqual([[], []])
  })

  it('refuses what is no future and no limit', () => {
    using loop = new EventLoop()
    expect(() => captureCallGraph(1 as never)).toThrow(TypeError)
    expect(() => captureCallGraph(loop.createFuture(), { limit: 1.5 })).toThrow(TypeError)
  })
})

describe('printCallGraph', () => {
  it('prints a tree', async () => {
    const printed: string[] = []
    await run(function* () {
      const worker = createTask(root(), { name: 'worker' })
      const boss = createTask(
        function* boss() {
          yield* worker
        },
        { name: 'boss' },
      )
      yield* sleep(1)
      printCallGraph(worker, { limit: 1, write: (text) => printed.push(text) })
      expect(printed).toEqual([formatCallGraph(worker, { limit: 1 })])
      boss.cancel()
    })
    expect(printed[0]?.replace(/\(.*\)/g, '(place)').split('\n')).toEqual([
      '* <Task worker pending>',
      '  + Call stack:',
      '  |   leaf (place)',
      '  + Awaited by:',
      '    * <Task boss pending>',
      '      + Call stack:',
      '      |   boss (place)',
    ])
  })
})
