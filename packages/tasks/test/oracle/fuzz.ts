// npm run fuzz -- --programs N --seed S
//
// Random programs on CPython and on ours, in as many processes as there are cores. Ends
// with 1 at the first difference, shrunk, or if an operation never ended in one of its ways.
import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

import { check, type Seeds } from './check.js'
import { report, shrinkDifference } from './compare.js'
import { Coverage } from './coverage.js'
import { loadCPython } from './cpython.js'

type Message =
  | { readonly done: number }
  | { readonly coverage: ReturnType<Coverage['toJSON']>; readonly difference?: string }

/** Every so many programs a process begins anew: CPython never gives memory back. */
const longestRun = 5_000

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '0' },
    only: { type: 'boolean', default: false },
  },
})

function requireCount(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`--${name} must be a whole number, got ${text}.`)
  return number
}

const all: Seeds = {
  from: requireCount('seed', values.seed),
  count: requireCount('programs', values.programs),
}

/** Runs some programs in this process, and tells the one that started it. */
async function work(seeds: Seeds): Promise<void> {
  const send = (message: Message, sent = (): void => undefined): void =>
    void process.send?.(message, sent)
  const python = await loadCPython()
  const coverage = new Coverage()
  const first = await check(seeds, python, coverage, (done) => send({ done }))
  const difference = first && report(await shrinkDifference(first, python))
  // CPython may have timers of its own, for which nobody waits.
  send({ coverage: coverage.toJSON(), ...(difference && { difference }) }, () => process.exit())
}

class Fuzz {
  readonly #coverage = new Coverage()
  readonly #running = new Map<ChildProcess, number>()
  readonly #differences: string[] = []
  readonly #started = performance.now()
  #finished = 0
  #next = all.from
  #broken = false

  async run(): Promise<boolean> {
    await Promise.all(Array.from({ length: availableParallelism() }, () => this.#workOn()))
    console.log(String(this.#coverage))
    console.log(`\nseeds ${all.from} to ${this.#next - 1}, ${this.#seconds()} s`)
    for (const difference of this.#differences) console.log(`\n${difference}`)
    if (this.#broken) console.log('\nA process of the fuzzer ended badly: see above.')
    if (this.#broken || this.#differences.length > 0) return false
    const odd = [
      ...this.#coverage.missing().map((each) => `never: ${each}`),
      ...this.#coverage.impossible().map((each) => `cannot be: ${each}`),
    ]
    if (odd.length > 0) console.log(`\n${odd.join('\n')}`)
    return odd.length === 0
  }

  async #workOn(): Promise<void> {
    for (;;) {
      const share = Math.ceil(all.count / availableParallelism())
      const count = Math.min(longestRun, share, all.from + all.count - this.#next)
      if (count <= 0 || this.#differences.length > 0 || this.#broken) return
      const from = this.#next
      this.#next += count
      await this.#begin({ from, count })
    }
  }

  #begin({ from, count }: Seeds): Promise<void> {
    const args = ['--only', '--seed', String(from), '--programs', String(count)]
    const child = fork(process.argv[1] as string, args)
    child.on('message', (message) => this.#hear(child, message as Message))
    return new Promise((resolve) => {
      child.on('exit', (code) => {
        if (code !== 0) this.#broken = true
        this.#running.delete(child)
        resolve()
      })
    })
  }

  #hear(child: ChildProcess, message: Message): void {
    if ('done' in message) {
      this.#running.set(child, message.done)
      return this.#progress()
    }
    this.#finished += message.coverage.programs
    this.#running.delete(child)
    this.#coverage.merge(message.coverage)
    if (message.difference !== undefined) this.#differences.push(message.difference)
  }

  #progress(): void {
    const done = [...this.#running.values()].reduce((sum, each) => sum + each, this.#finished)
    if (done % 1_000 === 0) console.log(`${done} of ${all.count} programs, ${this.#seconds()} s`)
  }

  #seconds(): string {
    return ((performance.now() - this.#started) / 1000).toFixed(0)
  }
}

if (values.only) await work(all)
else process.exitCode = (await new Fuzz().run()) ? 0 : 1
