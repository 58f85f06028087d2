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

/**
 * The calls that other threads make into one loop. They travel through message ports; an
 * eventfd wakes the loop, since a loop that owns its thread hears of no message.
 */
export class RemoteHandlers {
  readonly #loop: EventLoop
  readonly #handlers = new Map<string, Callback>()
  readonly #ports = new Set<MessagePort>()
  readonly #gate = makeGate()
  readonly #count = new Uint8Array(8)
  readonly #wakeFd: number

  constructor(loop: EventLoop) {
    this.#loop = loop
    this.#wakeFd = unsupportedReason === undefined ? eventfd(0, EFD_NONBLOCK) : -1
    if (unsupportedReason !== undefined) return
    if (this.#wakeFd < 0) throw osError(this.#wakeFd, 'eventfd')
    loop.core.fds.addReader(this.#wakeFd, { run: () => this.#onWake() }, false)
  }

  handle(name: string, handler: Callback): void {
    if (typeof name !== 'string') throw new TypeError(`Expected a name, got ${typeof name}.`)
    if (typeof handler !== 'function')
      throw new TypeError(`Expected a function, got ${typeof handler}.`)
    this.#handlers.set(name, handler)
  }

  open(): RemoteHandle {
    const { port1, port2 } = new (threads ?? globalThis).MessageChannel() as unknown as {
      port1: MessagePort
      port2: MessagePort
    }
    this.#ports.add(port1)
    if (this.#wakeFd < 0) {
      port1.on('message', (call: Call) => this.#dispatch(call))
      port1.unref()
    }
    return { port: port2, wakeFd: this.#wakeFd, gate: this.#gate }
  }

  close(): void {
    for (const port of this.#ports) port.close()
    this.#ports.clear()
    if (this.#wakeFd < 0) return
    this.#loop.core.fds.removeReader(this.#wakeFd)
    if (shutGate(this.#gate)) close(this.#wakeFd)
  }

  #onWake(): void {
    read(this.#wakeFd, this.#count, 0, 8)
    for (const port of this.#ports) {
      for (let got; (got = threads?.receiveMessageOnPort(port)) !== undefined;) {
        this.#dispatch((got as { message: Call }).message)
      }
    }
  }

  #dispatch({ name, args }: Call): void {
    const handler = this.#handlers.get(name)
    if (handler !== undefined) {
      this.#loop.schedule(new Handle(this.#loop, handler, args, Context.current))
      return
    }
    this.#loop.callExceptionHandler({
      message: `Another thread called "${name}", and there is no such handler: name it with handleRemote().`,
    })
  }
}
