import type { Action, Operation, Program } from './asyncio-twin.js'

/** Makes programs at random, the same for the same seed (mulberry32). */
export class RandomProgram {
  #state: number
  #names = 0
  #budget: number

  constructor(seed: number, budget = 40) {
    this.#state = seed
    this.#budget = budget
  }

  make(): Program {
    return this.#program(0)
  }

  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #oneOf<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T
  }

  #program(me: number): Program {
    const length = 1 + this.#below(4)
    return Array.from({ length }, () => this.#operation(me))
  }

  #task(): [string, Program] {
    const me = ++this.#names
    return [`t${me}`, this.#program(me)]
  }

  #anyTask(): string {
    return `t${this.#below(this.#names + 2)}`
  }

  // Only later tasks are waited for: waiting in a circle makes asyncio recurse for ever.
  #laterTask(me: number): string {
    return `t${me + 1 + this.#below(3)}`
  }

  #request(): [Action, string] {
    return this.#oneOf<() => [Action, string]>([
      () => ['cancel', this.#anyTask()],
      () => ['cancel', this.#anyTask()],
      () => ['cancel', `f${this.#below(2)}`],
      () => ['set', `f${this.#below(2)}`],
      () => ['fail', `f${this.#below(2)}`],
    ])()
  }

  #delay(): number | null {
    return this.#oneOf([null, 0, 1, 1, 2, 3])
  }

  #operation(me: number): Operation {
    if (--this.#budget < 0) return ['sleep', this.#below(3)]
    const inner = (): Program => this.#program(me)
    return this.#oneOf<() => Operation>([
      () => ['sleep', this.#below(4)],
      () => ['sleep', this.#below(4)],
      () => ['sleep', 1 + this.#below(8)],
      () => ['act', ...this.#request()],
      () => ['soon', ...this.#request()],
      () => ['later', this.#below(5), ...this.#request()],
      () => ['when_done', this.#anyTask(), ...this.#request()],
      () => ['wait', this.#laterTask(me)],
      () => ['wait', `f${this.#below(2)}`],
      () => ['future', `f${this.#below(2)}`],
      () => ['throw', `e${me}`],
      () => ['return', `r${me}`],
      () => ['spawn', ...this.#task()],
      () => ['spawn', ...this.#task()],
      () => ['self', 'cancel'],
      () => ['catch', [['self', 'cancel'], ...inner()], [['self', 'uncancel']], false],
      () => ['cancelling'],
      () => [this.#oneOf(['call', 'coroutine'] as const), inner()],
      () => ['catch', inner(), inner(), this.#random() < 0.5],
      () => ['catch', inner(), inner(), this.#random() < 0.5],
      () => ['finally', inner(), inner()],
      () => ['timeout', `d${this.#below(3)}`, this.#delay(), inner()],
      () => ['timeout', `d${this.#below(3)}`, this.#delay(), inner()],
      () => ['reschedule', `d${this.#below(3)}`, this.#delay()],
      () => ['group', `g${this.#below(3)}`, inner()],
      () => ['group', `g${this.#below(3)}`, inner()],
      () => ['join_group', `g${this.#below(3)}`, ...this.#task()],
      () => ['join_group', `g${this.#below(3)}`, ...this.#task()],
      () => {
        const members = Array.from({ length: this.#below(4) }, () => this.#task())
        return ['gather', `t_g`, members, this.#random() < 0.5]
      },
    ])()
  }
}
