import { write } from '@tsyncio/syscalls'

import type { RemoteHandle } from './remote-handle.js'
import { passGate } from './wake-gate.js'

const one = new Uint8Array(new BigUint64Array([1n]).buffer)

/** A loop of another thread, as seen from this one. */
export class Remote {
  readonly #handle: RemoteHandle

  constructor(handle: RemoteHandle) {
    this.#handle = handle
  }

  /**
   * Has the loop call the function that it named `name`, and does not wait for it. The
   * arguments are cloned: functions do not cross threads. After the loop was closed
   * nothing happens.
   */
  call(name: string, ...args: unknown[]): void {
    const { port, wakeFd, gate } = this.#handle
    port.postMessage({ name, args })
    if (wakeFd >= 0) passGate(gate, () => write(wakeFd, one, 0, one.length))
  }

  /** Gives up the connection to the loop. */
  close(): void {
    this.#handle.port.close()
  }
}

/** Makes a {@link RemoteHandle} usable in the thread that received it. */
export function openRemote(handle: RemoteHandle): Remote {
  return new Remote(handle)
}
