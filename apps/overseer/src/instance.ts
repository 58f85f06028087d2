import {
  createSubprocessShell,
  createTask,
  DEVNULL,
  getRunningLoop,
  OSError,
  PIPE,
  sleep,
  STDOUT,
  timeoutAt,
  TimeoutError,
  waitForPort,
  type Coroutine,
  type Gen,
  type Process,
  type Task,
} from 'tsyncio'

import { Backoff } from './backoff.js'
import { CpuMeter } from './cpu-meter.js'
import { describeExit } from './exit-description.js'
import { LineSplitter } from './line-splitter.js'
import type { ProcessStatus, State } from './process-status.js'
import type { ProcessTable } from './process-table.js'
import { taskEnd } from './task-end.js'

const grace = 5000
const pipes = { stdin: DEVNULL, stdout: PIPE, stderr: STDOUT } as const
// Whoever does not listen by now, such as a worker, is not going to.
const patience = 60_000
// For the backoff it is a failure like others.
const unstarted = 1

/** What a process of the Procfile is started with. */
export interface InstanceSpec {
  /** `web.1`. */
  readonly name: string
  readonly command: string
  readonly port: number
  /** Whether it runs in a terminal. */
  readonly pty: boolean
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Takes whole lines of output. */
  readonly print: (lines: readonly string[]) => void
}

/** One process of the formation, over all its restarts. */
export class Instance {
  readonly #spec: InstanceSpec
  readonly #backoff = new Backoff()
  #meter = new CpuMeter(0)
  #process: Process | undefined
  #state: State = 'waiting'
  #started = 0
  #restarts = 0
  #lastExit: string | null = null

  constructor(spec: InstanceSpec) {
    this.#spec = spec
  }

  get name(): string {
    return this.#spec.name
  }

  /** @param table of this moment. */
  status(table: ProcessTable): ProcessStatus {
    const { name, command, port } = this.#spec
    const now = performance.now()
    const pid = this.#process?.pid ?? null
    const usage = pid === null ? undefined : table.usageOfTree(pid)
    return {
      name,
      command,
      port,
      state: this.#state,
      pid,
      restarts: this.#restarts,
      uptime: pid === null ? null : Math.round(now - this.#started),
      processes: usage?.processes ?? null,
      cpu: usage === undefined ? null : this.#meter.read(now, usage.cpu),
      memory: usage?.memory ?? null,
      lastExit: this.#lastExit,
    }
  }

  /**
   * Runs the process until it exits with 0, again after each failure. Cancelled, ends the
   * process: TERM, grace, KILL; cancelled again, KILL at once.
   */
  *supervise(): Gen<void> {
    try {
      while ((yield* this.#runOnce()) !== 0) {
        const delay = this.#backoff.delayAfter(performance.now() - this.#started)
        this.#say(`restarts in ${delay / 1000} s`)
        this.#state = 'waiting'
        yield* sleep(delay)
        this.#restarts++
      }
    } finally {
      this.#state = 'done'
    }
  }

  *#runOnce(): Gen<number> {
    this.#started = performance.now()
    this.#meter = new CpuMeter(this.#started)
    let process: Process
    try {
      process = yield* this.#spawn()
    } catch (error) {
      if (!(error instanceof OSError)) throw error
      this.#lastExit = `cannot be started: ${error.message}`
      this.#say(this.#lastExit)
      return unstarted
    }
    this.#process = process
    this.#state = 'running'
    this.#say(`started with pid ${process.pid}`)
    const output = createTask(this.#printOutput(process))
    const readiness = createTask(this.#awaitReadiness())
    try {
      return yield* process.wait()
    } finally {
      readiness.cancel()
      if (process.returncode === null) this.#state = 'stopping'
      yield* this.#end(process, output)
    }
  }

  #spawn(): Coroutine<Process> {
    const { command, cwd, env, pty } = this.#spec
    const stdio = pty ? { pty } : pipes
    return createSubprocessShell(command, { ...stdio, tree: true, cwd, env })
  }

  // Nobody of the process's tree may outlive it, and nothing that it wrote may be lost:
  // so its output is read to the end first, unless that takes longer than the grace.
  *#end(process: Process, output: Task): Gen<void> {
    const loop = getRunningLoop()
    const deadline = loop.time() + grace
    process.signalGroup('SIGTERM')
    try {
      yield* timeoutAt(deadline, () => taskEnd(output))
    } catch (error) {
      yield* this.#close(process, output, 0)
      if (error instanceof TimeoutError) return
      throw error
    }
    yield* this.#close(process, output, Math.max(deadline - loop.time(), 0))
  }

  *#close(process: Process, output: Task, left: number): Gen<void> {
    try {
      yield* process.close({ grace: left })
    } finally {
      yield* taskEnd(output)
      this.#process = undefined
      this.#lastExit = describeExit(process.returncode as number)
      this.#say(this.#lastExit)
    }
  }

  *#printOutput(process: Process): Gen<void> {
    const output = process.pty?.reader ?? process.stdout
    const lines = new LineSplitter()
    for (let bytes; (bytes = yield* output!.read(65_536)) !== null;) {
      this.#spec.print(lines.push(bytes))
    }
    this.#spec.print(lines.end())
  }

  *#awaitReadiness(): Gen<void> {
    try {
      yield* waitForPort({ host: 'localhost', port: this.#spec.port }, { timeout: patience })
    } catch (error) {
      if (error instanceof TimeoutError) return
      throw error
    }
    this.#state = 'ready'
    this.#say(`ready on port ${this.#spec.port}`)
  }

  #say(line: string): void {
    this.#spec.print([line])
  }
}
