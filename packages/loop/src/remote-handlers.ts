import type { MessagePort } from 'node:worker_threads'

import { close, EFD_NONBLOCK, eventfd, osError, read, unsupportedReason } from '@tsyncio/syscalls'

import { Context } from './context.js'
import type { EventLoop } from './event-loop.js'
import { Handle, type Callback } from './handle.js'
import type { RemoteHandle } from './remote-handle.js'
import { makeGate, shutGate } from './wake-gate.js'

interface Call {
  readonly name: string
  readonly args: readonly unknown[]
}

const threads = (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(
  'node:worker_threads',
)

// How many calls of one thread may come before the loop looks at its fds again.
const mostCalls = 1024

/**
 * The calls that other threads make into one loop. They travel through message ports; an
 * eventfd wakes the loop, since a loop that owns its thread hears of no message.
 */
export class RemoteHandlers {
  readonly #loop: EventLoop
  readonly #handlers = new Map<string, { readonly handler: Callback; readonly context: Context }>()
  readonly #ports = new Set<MessagePort>()
  readonly #gate = makeGate()
  readonly #count = new Uint8Array(8)
  readonly #wakeFd: number
  readonly #receiver = { run: () => this.#receive() }

  constructor(loop: EventLoop) {
    this.#loop = loop
    this.#wakeFd = unsupportedReason === undefined ? eventfd(0, EFD_NONBLOCK) : -1
    if (unsupportedReason !== undefined) return
    if (this.#wakeFd < 0) throw osError(this.#wakeFd, 'eventfd')
    loop.core.fds.addReader(this.#wakeFd, this.#receiver, false)
  }

  handle(name: string, handler: Callback): void {
    if (typeof name !== 'string') throw new TypeError(`Expected a name, got ${typeof name}.`)
    if (typeof handler !== 'function')
      throw new TypeError(`Expected a function, got ${typeof handler}.`)
    this.#handlers.set(name, { handler, context: Context.current })
  }

  open(): RemoteHandle {
    const { port1, port2 } = new (threads ?? globalThis).MessageChannel() as unknown as {
      port1: MessagePort
      port2: MessagePort
    }
    this.#ports.add(port1)
    this.#loop.core.remotes++
    port1.on('close', () => this.#forget(port1))
    if (this.#wakeFd < 0) port1.on('message', (call: Call) => this.#dispatch(call))
    port1.unref()
    return { port: port2, wakeFd: this.#wakeFd, gate: this.#gate }
  }

  close(): void {
    for (const port of [...this.#ports]) {
      this.#forget(port)
      port.close()
    }
    if (this.#wakeFd < 0) return
    this.#loop.core.fds.removeReader(this.#wakeFd)
    if (shutGate(this.#gate)) close(this.#wakeFd)
  }

  // The eventfd is read first: a call that comes later sets it again.
  #receive(): void {
    read(this.#wakeFd, this.#count, 0, 8)
    let isFull = false
    for (const port of this.#ports) isFull = !this.#drain(port) || isFull
    if (isFull) this.#loop.schedule(this.#receiver)
  }

  #drain(port: MessagePort): boolean {
    for (let calls = 0; calls < mostCalls; calls++) {
      const got = threads?.receiveMessageOnPort(port) as { message: Call } | undefined
      if (got === undefined) return true
      this.#dispatch(got.message)
    }
    return false
  }

  #forget(port: MessagePort): void {
    if (this.#ports.delete(port)) this.#loop.core.remotes--
  }

  // Whoever has the port can post anything to it.
  #dispatch(call: Partial<Call> | null): void {
    const { name = '', args = [] } = call ?? {}
    const entry = this.#handlers.get(name)
    if (entry !== undefined) {
      this.#loop.schedule(new Handle(this.#loop, entry.handler, args, entry.context))
      return
    }
    this.#loop.callExceptionHandler({
      message: `Another thread called "${name}", and there is no such handler: name it with handleRemote().`,
    })
  }
}
