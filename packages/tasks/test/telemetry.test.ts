import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as nodeSleep } from 'node:timers/promises'

import { context, trace, type Span } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import {
  createTask,
  gather,
  moveOnAfter,
  run,
  sleep,
  taskGroup,
  timeout,
  until,
} from '@tsyncio/tasks'
import { asyncFunctions, generators } from '@tsyncio/tasks/testing/vitest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('tests')

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterAll(() => {
  context.disable()
})
beforeEach(() => {
  exporter.reset()
})

const nameOf = (span: Span | undefined): string | undefined =>
  (span as { name?: string } | undefined)?.name
const active = (): string | undefined => nameOf(trace.getActiveSpan())

/** What was recorded, as `child of parent`. */
function recorded(): string[] {
  const spans = exporter.getFinishedSpans()
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
  return spans.map(
    ({ name, parentSpanContext }) =>
      `${name} of ${names.get(parentSpanContext?.spanId ?? '') ?? 'nobody'}`,
  )
}

for (const { name, body, wait } of [generators, asyncFunctions]) {
  describe(`OpenTelemetry’s active span, in ${name} bodies`, () => {
    /** A span around what a task does: begun and ended by the task itself. */
    const traced = (label: string, delay: number) =>
      body(function* () {
        const span = tracer.startSpan(label)
        const before = active()
        yield* wait(sleep(delay))
        span.end()
        return [before, active()]
      })

    const inSpan = <T>(label: string, callback: () => T): T =>
      tracer.startActiveSpan(label, (span) => {
        try {
          return callback()
        } finally {
          span.end()
        }
      })

    it('is that of the code that made the task, across sleeps', async () => {
      const main = body(function* () {
        const tasks = ['one', 'two'].map((label) =>
          inSpan(label, () => createTask(traced(`in ${label}`, label === 'one' ? 2 : 1))),
        )
        return [yield* wait(gather(tasks)), active()]
      })
      const seen = await run(main)
      expect(seen).toEqual([
        [
          ['one', 'one'],
          ['two', 'two'],
        ],
        undefined,
      ])
      expect(recorded().sort()).toEqual([
        'in one of one',
        'in two of two',
        'one of nobody',
        'two of nobody',
      ])
    })

    it('is inherited by run, and from task to task', async () => {
      const main = body(function* () {
        const child = createTask(
          body(function* () {
            yield* wait(sleep(1))
            return yield* wait(createTask(traced('grandchild', 1)))
          }),
        )
        return yield* wait(child)
      })
      expect(await inSpan('root', () => run(main))).toEqual(['root', 'root'])
      expect(recorded()).toEqual(['root of nobody', 'grandchild of root'])
    })

    it('holds in gather, groups, timeouts, scopes and until', async () => {
      const main = body(function* () {
        const group = body(function* (tasks: { createTask: typeof createTask }) {
          const task = tasks.createTask(traced('group', 1))
          yield* wait(sleep(1))
          return [active(), yield* wait(task)]
        })
        const seen = [
          yield* wait(gather([traced('a', 2), traced('b', 1)])),
          yield* wait(taskGroup(group as never)),
          yield* wait(timeout(1000, traced('timeout', 1) as () => Promise<unknown>)),
          yield* wait(moveOnAfter(1000, traced('scope', 1) as () => Promise<unknown>)),
          yield* wait(until(() => nodeSleep(1).then(active))),
          active(),
        ]
        return seen.flat(3)
      })
      const seen = await inSpan('root', () => run(main))
      expect(new Set(seen as string[])).toEqual(new Set(['root']))
      expect(recorded().sort()).toEqual([
        'a of root',
        'b of root',
        'group of root',
        'root of nobody',
        'scope of root',
        'timeout of root',
      ])
    })

    it('holds in what a cancelled task cleans up', async () => {
      const seen: unknown[] = []
      const main = body(function* () {
        const task = inSpan('root', () =>
          createTask(
            body(function* () {
              try {
                yield* wait(sleep(60_000))
              } finally {
                yield* wait(sleep(1))
                seen.push(active())
              }
            }),
          ),
        )
        yield* wait(sleep(1))
        task.cancel()
        yield* wait(gather([task], { returnExceptions: true }))
      })
      await run(main)
      expect(seen).toEqual(['root'])
    })

    it('is one store among others of AsyncLocalStorage', async () => {
      const storage = new AsyncLocalStorage<number>()
      const main = body(function* () {
        const tasks = [1, 2, 3].map((n) =>
          storage.run(n, () =>
            createTask(
              body(function* () {
                const seen = [storage.getStore()]
                yield* wait(sleep(4 - n))
                seen.push(storage.getStore())
                yield* wait(createTask(() => sleep(0)))
                return [...seen, storage.getStore()]
              }),
            ),
          ),
        )
        return [yield* wait(gather(tasks)), storage.getStore()]
      })
      expect(await run(main)).toEqual([[1, 2, 3].map((n) => [n, n, n]), undefined])
    })
  })
}

describe('OpenTelemetry’s active span, in one async function', () => {
  it('may change between its waits', async () => {
    const seen = await run(async () =>
      tracer.startActiveSpan('outer', async (outer) => {
        const first = active()
        const second = await tracer.startActiveSpan('inner', async (inner) => {
          await sleep(1)
          inner.end()
          return active()
        })
        await sleep(1)
        outer.end()
        return [first, second, active()]
      }),
    )
    expect(seen).toEqual(['outer', 'inner', 'outer'])
    expect(recorded()).toEqual(['inner of outer', 'outer of nobody'])
  })

  it('differs in the branches of Promise.all', async () => {
    const branch = (label: string, delay: number) =>
      tracer.startActiveSpan(label, async () => {
        await sleep(delay)
        return active()
      })
    expect(await run(() => Promise.all([branch('a', 2), branch('b', 1)]))).toEqual(['a', 'b'])
  })
})
