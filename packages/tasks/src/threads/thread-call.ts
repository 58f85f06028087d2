import type { MessagePort } from 'node:worker_threads'

import type { Tinypool } from 'tinypool'

import { unpackError } from './carried-error.js'
import { cloneable } from './cloneable.js'
import { MissingExportError } from './missing-export-error.js'
import { ModuleLoadError } from './module-load-error.js'
import { nodeThreads } from './node-threads.js'
import { ThreadDiedError } from './thread-died-error.js'
import { transfersOf } from './transfer.js'
import { UncloneableError } from './uncloneable-error.js'
import {
  WorkPhase,
  type WorkCancellation,
  type WorkOrder,
  type WorkReply,
  type WorkRequest,
} from './work-state.js'

/**
 * One call in another thread, as seen from this one. The arguments are cloned when it is
 * made: what happens to them afterwards does not change it.
 */
export class ThreadCall {
  readonly #request: WorkRequest
  readonly #phase = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #port: MessagePort
  readonly #far: MessagePort
  /** Takes the call out of the pool's queue; the thread of a call that runs is ended. */
  readonly #withdrawal = new AbortController()
  #ended = false

  /** @throws UncloneableError */
  constructor(request: WorkRequest) {
    const { port1, port2 } = new (nodeThreads().MessageChannel)()
    this.#request = request
    this.#port = port1
    this.#far = port2
    try {
      port1.postMessage(request, transfersOf(request.args))
    } catch (cause) {
      port1.close()
      throw uncloneableArgument(request, cause)
    }
  }

  /** Has a thread of `pool` carry it out, and gives what the function gave. */
  async run(pool: Tinypool, entry: string): Promise<unknown> {
    const order: WorkOrder = { phase: this.#phase, port: this.#far }
    const onClose = (): void => this.#endIfLost()
    this.#port.once('close', onClose)
    try {
      await pool.run(order, {
        filename: entry,
        name: 'carryOut',
        transferList: [order.port],
        signal: this.#withdrawal.signal,
      })
    } catch (cause) {
      throw this.#died(cause)
    } finally {
      this.#ended = true
      this.#port.off('close', onClose)
    }
    const received = nodeThreads().receiveMessageOnPort(this.#port)
    this.#port.close()
    return this.#resultOf(received?.message as WorkReply)
  }

  /** Nobody waits for it any more: it never begins, or is told. */
  cancel(message: string | undefined): void {
    if (this.withdraw()) return
    const { running, cancelled } = WorkPhase
    if (Atomics.compareExchange(this.#phase, 0, running, cancelled) === running)
      this.#port.postMessage({ message } satisfies WorkCancellation)
  }

  /** Keeps it from beginning; false if it has begun. */
  withdraw(): boolean {
    const { waiting, withdrawn } = WorkPhase
    if (Atomics.compareExchange(this.#phase, 0, waiting, withdrawn) !== waiting) return false
    this.end()
    return true
  }

  /** Ends it by force, together with its thread if it has one. */
  end(): void {
    this.#withdrawal.abort()
    this.#port.close()
  }

  // The other end is gone without a word: so is the thread, which the pool notices only if
  // an error ended it. That may be told one round of Node's loop later than this.
  #endIfLost(): void {
    setImmediate(() => setImmediate(() => this.#ended || this.#withdrawal.abort()))
  }

  #resultOf(reply: WorkReply): unknown {
    const { url, name } = this.#request
    switch (reply.kind) {
      case 'value':
        return reply.value
      case 'error':
        throw unpackError(reply.error)
      case 'unloadable':
        throw new ModuleLoadError(url, unpackError(reply.error))
      case 'missing':
        throw new MissingExportError(url, name, reply.functions)
      case 'uncloneable':
        throw new UncloneableError(
          `The result of ${name}() cannot come back from its thread: ${reply.reason}`,
        )
    }
  }

  #died(cause: unknown): ThreadDiedError {
    const { name } = this.#request
    if (this.#withdrawal.signal.aborted) {
      return new ThreadDiedError(
        `The thread of ${name}() ended before the call did: by process.exit(), or with its executor.`,
      )
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new ThreadDiedError(
      `The thread of ${name}() ended by an error that nobody in it caught: ${reason}`,
      { cause },
    )
  }
}

function uncloneableArgument({ name, args }: WorkRequest, cause: unknown): UncloneableError {
  const index = args.findIndex((arg) => typeof arg === 'function' || !cloneable(arg))
  const which = index < 0 ? 'An argument' : `Argument ${index + 1}`
  return new UncloneableError(
    `${which} of ${name}() cannot go to another thread: ${(cause as Error).message}`,
    { cause },
  )
}
