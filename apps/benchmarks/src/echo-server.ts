import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import type { Contender } from './contender.js'
import { freePort } from './free-port.js'
import { CONTENDER_CORE, pinned } from './pinned.js'

const PATIENCE = 20_000

/** The line of a stack trace, of Node or Python, that says what happened; else the last one. */
function gist(complaint: string): string {
  const line = /^[\w.]*Error\b.*$/m.exec(complaint)?.[0] ?? complaint.trim().split('\n').at(-1)
  return line || 'it said nothing'
}

/** An echo server in a process and on a core of its own. */
export class EchoServer implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly port: number

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.port = port
  }

  get pid(): number {
    return this.#process.pid!
  }

  /**
   * Starts a contender and waits until it says that it listens.
   *
   * @throws Error with what it complained of, if it does not.
   */
  static async start({ name, command }: Pick<Contender, 'name' | 'command'>): Promise<EchoServer> {
    const port = await freePort()
    const [program, ...args] = pinned(CONTENDER_CORE, [...command, String(port)])
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk)))
    const server = new EchoServer(child, port)
    const lines = createInterface({ input: child.stdout })
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    const [first] = (await Promise.race([once(lines, 'line'), once(child, 'close')])) as [unknown]
    clearTimeout(patience)
    if (first === 'ready') return server
    await server[Symbol.asyncDispose]()
    throw new Error(`${name} did not start: ${gist(complaint)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
  }
}
