import { spawn } from 'node:child_process'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { getRunningLoop, InvalidStateError, isCancelled, type Future } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import {
  coroutine,
  createTask,
  ExceptionGroup,
  gather,
  run,
  sleep,
  Task,
  taskGroup,
  timeout,
  TimeoutError,
  type Gen,
  type Started,
  type TaskGroup,
  type Timeout,
  type Work,
} from '@tsyncio/tasks'
import { asyncFunctions, generators, type Spelling, type Waited } from '@tsyncio/tasks/testing'

export type Action = 'cancel' | 'set' | 'fail' | 'uncancel' | 'state'

/** One step of a program that runs on asyncio and on ours. */
export type Operation =
  | ['act' | 'soon', Action, string]
  | ['later', number, Action, string]
  | ['when_done', string, Action, string]
  | ['sleep', number]
  | ['wait' | 'future' | 'throw' | 'return', string]
  | ['spawn', string, Program]
  | ['self', Action]
  | ['cancelling']
  | ['call' | 'coroutine', Program]
  | ['catch', Program, Program, boolean]
  | ['finally', Program, Program]
  | ['timeout', string, number | null, Program]
  | ['reschedule', string, number | null]
  | ['group', string, Program]
  | ['join_group', string, string, Program]
  | ['gather', string, [string, Program][], boolean]

export type Program = Operation[]

/** How the bodies of each task are spelled. */
export type Spell = (task: string) => Spelling

type Steps = Generator<unknown, string | undefined, unknown>

function describeError(error: unknown): string {
  if (isCancelled(error)) return 'cancelled'
  if (error instanceof TimeoutError) return 'timeout'
  if (error instanceof ExceptionGroup) return `[${error.errors.map(describeError).join(' ')}]`
  if (error instanceof InvalidStateError) return 'refused'
  return String((error as Error).message)
}

function outcome(future: Future): string {
  if (!future.done()) return 'pending'
  try {
    return String(future.result())
  } catch (error) {
    return describeError(error)
  }
}

class Twin {
  readonly log: string[] = []
  readonly #things = new Map<string, unknown>()
  readonly #spell: Spell

  constructor(spell: Spell) {
    this.#spell = spell
  }

  *main(program: Program): Gen<void> {
    getRunningLoop().setExceptionHandler(() => undefined)
    this.#start('t0', program, createTask)
    for (let i = 0; i < 30; i++) {
      yield* sleep(20)
      const rest = this.#tasks().filter((task) => !task.done())
      if (rest.length === 0) break
      for (const task of rest) {
        this.#note('main', `ends ${task.name}`)
        task.cancel()
      }
    }
    for (const task of this.#tasks()) this.#note(task.name, `${outcome(task)} ${task.cancelling()}`)
  }

  #tasks(): Task[] {
    return [...this.#things.values()].filter((thing) => thing instanceof Task)
  }

  #note(me: string, what: string): undefined {
    this.log.push(`${getRunningLoop().time()} ${me} ${what}`)
  }

  #act(me: string, action: Action, name: string): undefined {
    const thing = this.#things.get(name) as Task | undefined
    if (thing === undefined) return this.#note(me, `no ${name}`)
    try {
      if (action === 'cancel') this.#note(me, `cancel ${name} ${thing.cancel()}`)
      else if (action === 'set') (thing as Future<string>).setResult(name)
      else if (action === 'fail') (thing as Future).setException(new Error(name))
      else if (action === 'uncancel') this.#note(me, `uncancel ${name} ${thing.uncancel()}`)
      else this.#note(me, `${name} ${outcome(thing)}`)
    } catch (error) {
      this.#note(me, `${action} ${describeError(error)}`)
    }
  }

  #start(
    name: string,
    program: Program,
    make: (work: Work, options: { name: string }) => Task,
  ): void {
    this.#things.set(
      name,
      make(
        this.#body(name, () => this.#task(name, program)),
        { name },
      ),
    )
  }

  #body<A extends unknown[]>(me: string, script: (...args: A) => Steps): (...args: A) => Started {
    return this.#spell(me).body(script)
  }

  *#task(me: string, program: Program): Generator<unknown, string, unknown> {
    this.#note(me, 'begins')
    try {
      const result = yield* this.#run(me, program)
      this.#note(me, 'returns')
      return result ?? me
    } catch (error) {
      this.#note(me, `raises ${describeError(error)}`)
      throw error
    }
  }

  *#run(me: string, program: Program, spelling = this.#spell(me)): Steps {
    for (const operation of program) {
      const result = yield* this.#do(me, operation, spelling)
      if (result !== undefined) return result
    }
    return undefined
  }

  *#do(me: string, operation: Operation, spelling: Spelling): Steps {
    const things = this.#things
    const inner = (program: Program) => this.#run(me, program, spelling)
    const { wait } = spelling
    switch (operation[0]) {
      case 'act':
        return this.#act(me, operation[1], operation[2])
      case 'self':
        return this.#act(me, operation[1], me)
      case 'soon': {
        const [, action, name] = operation
        getRunningLoop().callSoon(() => this.#act('soon', action, name))
        return
      }
      case 'later': {
        const [, delay, action, name] = operation
        getRunningLoop().callLater(delay, () => this.#act('later', action, name))
        return
      }
      case 'when_done': {
        const [, watched, action, name] = operation
        const future = things.get(watched) as Future | undefined
        future?.addDoneCallback(() => this.#act('done', action, name))
        return
      }
      case 'sleep':
        yield* wait(sleep(operation[1]))
        return this.#note(me, 'slept')
      case 'wait': {
        const thing = things.get(operation[1]) as Future | undefined
        if (thing === undefined) return this.#note(me, `no ${operation[1]}`)
        return this.#note(me, `got ${String(yield* wait(thing))}`)
      }
      case 'future':
        things.set(operation[1], getRunningLoop().createFuture())
        return
      case 'throw':
        throw new Error(operation[1])
      case 'return':
        return operation[1]
      case 'spawn':
        this.#start(operation[1], operation[2], createTask)
        return
      case 'cancelling':
        return this.#note(me, `cancelling ${(things.get(me) as Task).cancelling()}`)
      case 'call': {
        const [, program] = operation
        const body = spelling.body(() => this.#run(me, program, spelling))
        return yield* wait(body() as never as Waited<string>)
      }
      case 'coroutine': {
        const steps = this.#run(me, operation[1], generators)
        return yield* wait(coroutine(steps as Gen<string | undefined>))
      }
      case 'catch': {
        const [, program, handler, rethrow] = operation
        try {
          return yield* inner(program)
        } catch (error) {
          this.#note(me, `caught ${describeError(error)}`)
          const result = yield* inner(handler)
          if (rethrow) throw error
          return result
        }
      }
      case 'finally': {
        const [, program, last] = operation
        let result
        try {
          result = yield* inner(program)
        } finally {
          const override = yield* inner(last)

          if (override !== undefined) return override
        }
        return result
      }
      case 'timeout': {
        const [, name, delay, program] = operation
        let own: Timeout | undefined
        const body = spelling.body((limit: Timeout) => {
          own = limit
          things.set(name, limit)
          return inner(program)
        })
        try {
          return (yield* wait(timeout(delay, body))) as string | undefined
        } finally {
          this.#note(me, `${name} expired ${own?.expired()}`)
        }
      }
      case 'reschedule': {
        const [, name, delay] = operation
        try {
          const when = delay === null ? null : getRunningLoop().time() + delay
          ;(things.get(name) as Timeout | undefined)?.reschedule(when)
        } catch (error) {
          this.#note(me, describeError(error))
        }
        return
      }
      case 'group': {
        const [, name, program] = operation
        const body = spelling.body((group: TaskGroup) => {
          things.set(name, group)
          return inner(program)
        })
        const result = (yield* wait(taskGroup(body))) as string | undefined
        this.#note(me, `${name} left`)
        return result
      }
      case 'join_group': {
        const [, group, name, program] = operation
        const tasks = things.get(group) as TaskGroup | undefined
        if (tasks === undefined) return
        try {
          this.#start(name, program, (work, options) => tasks.createTask(work, options))
        } catch (error) {
          this.#note(me, describeError(error))
        }
        return
      }
      case 'gather': {
        const [, name, members, returnExceptions] = operation
        for (const [member, program] of members) this.#start(member, program, createTask)
        const tasks = members.map(([member]) => things.get(member) as Task)
        const gathered = gather(tasks, { returnExceptions } as { returnExceptions: true })
        things.set(name, gathered)
        const results: unknown[] = yield* wait(gathered)
        return this.#note(me, [name, 'gave', ...results.map(shown)].join(' '))
      }
    }
  }
}

function shown(result: unknown): string {
  if (typeof result === 'string') return result
  const settled = result as PromiseSettledResult<unknown>
  return settled.status === 'fulfilled' ? String(settled.value) : describeError(settled.reason)
}

/** Every task as generators, every task as async functions, and one or the other by turns. */
export const spells: Record<string, Spell> = {
  generators: () => generators,
  'async functions': () => asyncFunctions,
  both: (task) => (Number(task.slice(1)) % 2 === 0 ? asyncFunctions : generators),
}

/** The log of a program on ours, in virtual time. */
export async function trace(program: Program, spell: Spell): Promise<string[]> {
  const twin = new Twin(spell)
  await run(() => twin.main(program), { clock: new VirtualClock() })
  return twin.log
}

/** The logs of programs on the asyncio of this machine. */
export async function traceOnAsyncio(programs: Program[]): Promise<string[][]> {
  const path = fileURLToPath(new URL('fixtures/asyncio_twin.py', import.meta.url))
  const child = spawn('python3', [path], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(programs))
  return (await json(child.stdout)) as string[][]
}
