import { close, dup, osError, write } from '@tsyncio/syscalls'

import type { RemoteHandle } from './remote-handle.js'
import { passGate } from './wake-gate.js'

const one = new Uint8Array(new BigUint64Array([1n]).buffer)

// An fd of this thread's own, for the same eventfd: the loop may close the other one at
// any time, and a thread that is terminated leaves nothing behind.
function ownWakeFd({ wakeFd, gate }: RemoteHandle): number {
  let fd = -1
  if (wakeFd < 0) return fd
  passGate(gate, () => (fd = dup(wakeFd)))
  if (fd < -1) throw osError(fd, 'dup')
  return fd
}

/** A loop of another thread, as seen from this one. */
export class Remote {
  readonly #handle: RemoteHandle
  #wakeFd: number

  /** @throws OSError if there is no fd left. */
  constructor(handle: RemoteHandle) {
    this.#handle = handle
    this.#wakeFd = ownWakeFd(handle)
  }

  /**
   * Has the loop call the function that it named `name`, and does not wait for it. The
   * arguments are cloned: functions do not cross threads. After the loop was closed
   * nothing happens.
   */
  call(name: string, ...args: unknown[]): void {
    this.#handle.port.postMessage({ name, args })
    if (this.#wakeFd >= 0) write(this.#wakeFd, one, 0, one.length)
  }

  /** Gives up the connection to the loop; what was called before still arrives. */
  close(): void {
    this.#handle.port.close()
    if (this.#wakeFd >= 0) close(this.#wakeFd)
    this.#wakeFd = -1
  }
}

/** Makes a {@link RemoteHandle} usable in the thread that received it. */
export function openRemote(handle: RemoteHandle): Remote {
  return new Remote(handle)
}
