import type { EventLoop } from '@tsyncio/loop'
import { currentTask, type Started, type Task } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import { Failure, show } from './describe.js'
import type { Action, Member, Program, Trace } from './program.js'
import { makeThings } from './things.js'

/** A script, to be spelled as a generator or as an async function. */
export type Steps<T = string | undefined> = Generator<unknown, T, unknown>

/** How the bodies of each task are spelled. */
export type Spell = (task: string) => Spelling

/** What carries a program out. */
export interface Executor {
  act(who: string, action: Action): void
  task(me: string, program: Program): Steps
}

/** What one run of a program knows: its things by their names, and what has happened. */
export class World {
  readonly loop: EventLoop
  readonly spell: Spell
  readonly trace: Trace = []
  readonly things: Map<string, any>
  readonly names = new Map<Task, string>()
  /** What a cancellation of one is passed on to. */
  readonly passes = new Map<unknown, readonly unknown[]>()
  readonly #executor: Executor
  readonly #circles: boolean
  #timers = 0

  /** @param circles whether tasks may wait for each other in a circle. */
  constructor(loop: EventLoop, spell: Spell, executor: Executor, circles: boolean) {
    this.loop = loop
    this.spell = spell
    this.#executor = executor
    this.#circles = circles
    this.things = makeThings(loop)
  }

  note(who: string, op: string, on: string, outcome: string, detail?: unknown): void {
    this.trace.push(`${this.loop.time()} ${who} ${op} ${on} ${outcome} ${show(detail)}`)
  }

  /** What finds nothing to work on has neither succeeded nor failed. */
  noteEnd(who: string, op: string, on: string, detail: unknown): void {
    if (detail === 'absent') this.note(who, op, on, 'absent')
    else this.note(who, op, on, 'ok', detail)
  }

  /**
   * No two deadlines are the same: each has a fraction of its own, and is due at the full
   * millisecond that follows.
   */
  delay(delay: number): number {
    return delay - 1 + ++this.#timers / 2 ** 20
  }

  timeout(timeout: number | null): number | null {
    return timeout === null ? null : this.delay(timeout)
  }

  /** The same, as a time. */
  deadline(delay: number | null): number | null {
    return delay === null ? null : this.loop.time() + this.delay(delay)
  }

  /** A function that begins a program as the work of somebody. */
  body(name: string, program: Program): () => Started {
    return this.spell(name).body(() => this.#executor.task(name, program))
  }

  member(member: Member): any {
    if (typeof member === 'string') return this.things.get(member)
    return this.body(member.name, member.body)
  }

  callback({ name, act, raises }: Extract<Action, { act: unknown }>): () => void {
    return () => {
      this.note(name, 'called', '', 'ok')
      for (const action of act) this.#executor.act(name, action)
      if (raises === true) throw new Failure(name)
    }
  }

  nameOf(thing: unknown): string {
    for (const [name, each] of this.things) if (each === thing) return name
    return 'somebody'
  }

  /** Whether a cancellation of `thing` would come back to this task, which CPython cannot do. */
  circle(thing: unknown): boolean {
    if (this.#circles) return false
    const me = currentTask()
    const seen = new Set()
    const rest = [thing]
    for (let each; (each = rest.pop()) !== undefined;) {
      if (each === me) return true
      if (seen.has(each)) continue
      seen.add(each)
      rest.push(...(this.passes.get(each) ?? []))
    }
    return false
  }
}
