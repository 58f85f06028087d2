import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { run, sleep, taskGroup, timeout, type Gen } from '@tsyncio/tasks'
import {
  createSubprocessExec,
  createSubprocessShell,
  DEVNULL,
  PIPE,
  withProcess,
  type Process,
} from '@tsyncio/subprocess'

import { tagged } from './fixtures/tagged.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'
import { makeTag } from './until-tagged.js'

leakCheck()

// Without a tree: whoever stays in the process group.
const group = `
trap '' TERM
(trap '' TERM; while :; do sleep 600; done) &
echo ready
while :; do sleep 600; done`

const options = (tag: string) =>
  ({
    stdin: DEVNULL,
    stdout: PIPE,
    stderr: DEVNULL,
    grace: 10,
    env: { ...globalThis.process.env, [tag]: '1' },
  }) as const

type Leaving = (tag: string) => Gen<unknown>

const withGroup = (tag: string, body: (process: Process) => Gen<unknown>): Gen<unknown> =>
  withProcess('sh', ['-c', group], options(tag), function* (process) {
    yield* process.stdout!.readLine()
    expect(tagged(tag).length).toBeGreaterThan(1)
    return yield* body(process)
  })[Symbol.iterator]() as Gen<unknown>

function* forever(): Gen<void> {
  yield* sleep(600_000)
}

const ways: [string, Leaving, string][] = [
  [
    'by returning',
    (tag) =>
      withGroup(tag, function* () {
        return 'done'
      }),
    'done',
  ],
  [
    'by an error',
    (tag) =>
      withGroup(tag, function* () {
        throw new Error('on purpose')
      }),
    'on purpose',
  ],
  [
    'by a timeout',
    function* (tag) {
      yield* timeout(100, () => withGroup(tag, forever))
    },
    'TimeoutError',
  ],
  [
    'by a task of the group that fails',
    function* (tag) {
      yield* taskGroup(function* (tasks) {
        const failing = (): Gen<never> =>
          (function* (): Gen<never> {
            throw new Error('sibling')
          })()
        tasks.createTask(() =>
          withGroup(tag, function* () {
            tasks.createTask(failing)
            yield* forever()
          }),
        )
      })
    },
    'ExceptionGroup',
  ],
]

onEachDriver('a process of a scope', (runs) => {
  it.each(ways)('ends when that is left %s, with its group', async (_name, leave, expected) => {
    const tag = makeTag()
    let result = ''
    await runs(function* () {
      try {
        result = String(yield* leave(tag))
      } catch (error) {
        result = String(error)
      }
      expect(tagged(tag)).toEqual([])
    })
    expect(result).toContain(expected)
  })

  it('is not even started for a body that is no function', () => {
    expect(() => withProcess('true', [], {}, 'body' as never)).toThrow(TypeError)
    expect(() => withProcess('true', 'x' as never, {}, function* () {})).toThrow(TypeError)
  })
})

describe('await using', () => {
  it('ends the process, and the whole tree of one that has it', async () => {
    const tag = makeTag()
    await run(async () => {
      {
        await using one = await createSubprocessShell(group, options(tag))
        await using two = await createSubprocessShell(group, { ...options(tag), tree: false })
        await one.stdout!.readLine()
        await two.stdout!.readLine()
        expect(tagged(tag).length).toBeGreaterThan(3)
      }
      expect(tagged(tag)).toEqual([])
    })
  })
})

describe('the group of a process', () => {
  const groupOf = (pid: number): number => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  }

  it.each([true, false])(
    'is its own by default, and ours when asked for: tree %s',
    async (tree) => {
      await run(async () => {
        const quiet = { stdin: DEVNULL, stdout: DEVNULL, stderr: DEVNULL, tree } as const
        await using own = await createSubprocessExec('sleep', ['600'], quiet)
        expect(groupOf(own.pid)).toBe(own.pid)
        await using ours = await createSubprocessExec('sleep', ['600'], {
          ...quiet,
          processGroup: 'inherit',
        })
        expect(groupOf(ours.pid)).toBe(groupOf(process.pid))
      })
    },
  )
})
