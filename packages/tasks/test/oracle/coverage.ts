import type { Statement, Trace } from './program.js'

type Operation = Statement['op']

const outcomes = ['ok', 'failed', 'cancelled'] as const
type Outcome = (typeof outcomes)[number]

const any = outcomes
const waits = ['ok', 'cancelled'] as const
const mayFail = ['ok', 'failed'] as const
const succeeds = ['ok'] as const

/** How each operation may end. */
const possible: Record<Operation, readonly Outcome[]> = {
  abortBarrier: succeeds,
  acquire: waits,
  asCompleted: any,
  at: succeeds,
  await: any,
  call: any,
  cancel: succeeds,
  cancelling: succeeds,
  catch: any,
  clearEvent: succeeds,
  completions: succeeds,
  context: succeeds,
  coroutine: any,
  fail: mayFail,
  finally: any,
  future: succeeds,
  gather: succeeds,
  get: any,
  getNowait: mayFail,
  getVariable: succeeds,
  group: any,
  hold: any,
  inspect: succeeds,
  join: waits,
  later: succeeds,
  nextCompleted: any,
  notify: mayFail,
  notifyAll: mayFail,
  put: any,
  putNowait: mayFail,
  release: mayFail,
  repeat: any,
  reschedule: mayFail,
  resetBarrier: succeeds,
  resetVariable: mayFail,
  return: succeeds,
  set: mayFail,
  setEvent: succeeds,
  setVariable: succeeds,
  shield: succeeds,
  shutdown: succeeds,
  sleep: waits,
  soon: succeeds,
  spawn: succeeds,
  spawnEagerly: succeeds,
  spawnInGroup: mayFail,
  spawnInGroupEagerly: mayFail,
  state: succeeds,
  taskDone: mayFail,
  throw: ['failed', 'cancelled'],
  timeout: any,
  timeoutAt: any,
  uncancel: succeeds,
  unschedule: succeeds,
  unwatch: succeeds,
  wait: waits,
  waitBarrier: any,
  waitCondition: any,
  waitEvent: waits,
  waitFor: any,
  waitUntil: any,
  watch: succeeds,
  whoami: succeeds,
}

/** How often the operations of programs succeeded, failed and were cancelled. */
export class Coverage {
  programs = 0
  events = 0
  readonly #counts = new Map<string, number>()

  add(trace: Trace): void {
    this.programs++
    this.events += trace.length
    for (const event of trace) {
      const [, , operation, , outcome] = event.split(' ', 5)
      this.#count(`${operation} ${outcome}`, 1)
    }
  }

  /** Adds what was counted elsewhere: see {@link toJSON}. */
  merge({ programs, events, counts }: ReturnType<Coverage['toJSON']>): void {
    this.programs += programs
    this.events += events
    for (const [key, count] of counts) this.#count(key, count)
  }

  toJSON(): { programs: number; events: number; counts: [string, number][] } {
    return { programs: this.programs, events: this.events, counts: [...this.#counts] }
  }

  /** What could have happened to an operation, and did not. */
  missing(): string[] {
    return Object.entries(possible).flatMap(([operation, ends]) =>
      ends.map((end) => `${operation} ${end}`).filter((key) => !this.#counts.has(key)),
    )
  }

  /** What happened to an operation, and cannot. */
  impossible(): string[] {
    return [...this.#counts.keys()].filter((key) => {
      const [operation, outcome] = key.split(' ') as [Operation, Outcome]
      const ends = possible[operation] as readonly Outcome[] | undefined
      return ends !== undefined && outcomes.includes(outcome) && !ends.includes(outcome)
    })
  }

  toString(): string {
    const average = (this.events / this.programs).toFixed(1)
    return [
      `${this.programs} programs, ${this.events} events, ${average} a program`,
      ['', ...outcomes].map(column).join(''),
      ...Object.keys(possible).map((operation) => this.#row(operation as Operation)),
    ].join('\n')
  }

  #row(operation: Operation): string {
    const cells = outcomes.map((outcome) =>
      possible[operation].includes(outcome)
        ? String(this.#counts.get(`${operation} ${outcome}`) ?? 0)
        : '-',
    )
    return [operation, ...cells].map(column).join('')
  }

  #count(key: string, by: number): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by)
  }
}

function column(text: string, index: number): string {
  return index === 0 ? text.padEnd(22) : text.padStart(10)
}
