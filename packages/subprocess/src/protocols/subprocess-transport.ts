import { getEventLoop, type EventLoop, type Future } from '@tsyncio/loop'
import type { ReadTransport, WriteTransport } from '@tsyncio/streams'
import { Task, type Gen } from '@tsyncio/tasks'

import type { Process } from '../process.js'
import { PipeProtocol, type PipeListener } from './pipe-protocol.js'
import type { SubprocessProtocol } from './subprocess-protocol.js'

type PipeTransport = ReadTransport | WriteTransport

/**
 * A process whose life is told to a protocol (asyncio's `SubprocessTransport`): what
 * `subprocessExec` gives. Everything is told in a callback of its own, in the order in
 * which it happened.
 */
export class SubprocessTransport {
  readonly #loop: EventLoop = getEventLoop()
  readonly #process: Process
  readonly #pipes = new Map<number, PipeTransport>()
  readonly #open = new Set<number>()
  readonly #made: Future<void>
  #protocol: SubprocessProtocol
  #hasExited = false
  #closing = false

  /** @internal */
  constructor(process: Process, protocol: SubprocessProtocol) {
    this.#process = process
    this.#protocol = protocol
    this.#made = this.#loop.createFuture<void>()
    this.#tell(() => this.#protocol.connectionMade?.(this))
    this.#loop.callSoon(() => this.#made.done() || this.#made.setResult())
    this.#takeOver()
    const exit = new Task(process.wait(), { loop: this.#loop })
    exit.addWaiter({ run: () => exit.cancelled() || this.#exited() })
  }

  /** Waits until the protocol knows it. */
  *made(): Gen<void> {
    yield* this.#made
  }

  getPid(): number {
    return this.#process.pid
  }

  /** What the process exited with; -N when signal N ended it; null while it runs. */
  getReturncode(): number | null {
    return this.#process.returncode
  }

  /** The transport of the process's stdin (0), stdout (1) or stderr (2); null if it is no pipe. */
  getPipeTransport(fd: number): PipeTransport | null {
    return this.#pipes.get(fd) ?? null
  }

  /** As {@link Process.sendSignal}: a process that has ended gets none. */
  sendSignal(signal: NodeJS.Signals | number): void {
    this.#process.sendSignal(signal)
  }

  /** Asks the process to end: SIGTERM. */
  terminate(): void {
    this.#process.terminate()
  }

  /** Ends the process: SIGKILL. */
  kill(): void {
    this.#process.kill()
  }

  /** Closes the pipes, and kills the process if it runs; `connectionLost` comes after both. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    if (this.#loop.isClosed()) return
    for (const pipe of this.#pipes.values()) pipe.close()
    this.#process.kill()
  }

  /** Whether it is closed, or the process and all pipes have ended. */
  isClosing(): boolean {
    return this.#closing
  }

  /** 'subprocess' is the {@link Process}; its streams are this transport's. */
  getExtraInfo(name: string): unknown {
    return name === 'subprocess' ? this.#process : undefined
  }

  getProtocol(): SubprocessProtocol {
    return this.#protocol
  }

  setProtocol(protocol: SubprocessProtocol): void {
    this.#protocol = protocol
  }

  toString(): string {
    return `<SubprocessTransport ${this.#process.toString()}>`
  }

  // The process has just been started: no turn has passed in which anything was read.
  #takeOver(): void {
    const { stdin, stdout, stderr } = this.#process
    const pipes = [stdin?.transport, stdout?.transport, stderr?.transport]
    const listener: PipeListener = {
      pipeReceived: (fd, data) => this.#tell(() => this.#protocol.pipeDataReceived?.(fd, data)),
      pipeLost: (fd, error) => this.#pipeLost(fd, error),
      pauseWriting: () => this.#protocol.pauseWriting?.(),
      resumeWriting: () => this.#protocol.resumeWriting?.(),
    }
    for (const [fd, pipe] of pipes.entries()) {
      if (pipe === undefined) continue
      this.#pipes.set(fd, pipe)
      this.#open.add(fd)
      pipe.setProtocol(new PipeProtocol(fd, listener))
    }
  }

  #pipeLost(fd: number, error: Error | undefined): void {
    this.#tell(() => this.#protocol.pipeConnectionLost?.(fd, error))
    this.#open.delete(fd)
    this.#finish()
  }

  #exited(): void {
    this.#hasExited = true
    this.#tell(() => this.#protocol.processExited?.())
    this.#finish()
  }

  #finish(): void {
    if (!this.#hasExited || this.#open.size > 0) return
    this.#closing = true
    this.#tell(() => this.#protocol.connectionLost?.(undefined))
  }

  #tell(callback: () => void): void {
    this.#loop.callSoon(callback)
  }
}
