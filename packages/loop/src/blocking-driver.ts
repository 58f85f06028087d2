import { guardDrain, guardOpen, close, osError } from '@tsyncio/syscalls'

import type { Driver } from './driver.js'
import type { LoopCore } from './loop-core.js'

/**
 * Owns the thread: waits in the selector itself, and returns when it is stopped. Node's
 * loop does not run meanwhile, so promises do not settle and Node's own I/O stands still.
 */
export class BlockingDriver implements Driver {
  readonly name = 'blocking'
  readonly #core: LoopCore
  #guard = -1

  constructor(core: LoopCore) {
    this.#core = core
  }

  // Watched so that a worker that waits here can be terminated: see guard.c.
  start(): void {
    const guard = guardOpen()
    if (guard < 0) throw osError(guard, 'epoll_create1')
    this.#guard = guard
    try {
      this.#core.fds.addReader(guard, { run: () => void guardDrain(guard) }, false)
    } catch (error) {
      close(guard)
      throw error
    }
  }

  stop(): void {
    this.#core.fds.removeReader(this.#guard)
    close(this.#guard)
  }

  wake(): void {
    // Only this thread schedules, and it is awake. Others come in through an fd.
  }

  // Promise reactions cannot run below a stack that is one itself; see the difference table.
  drainMicrotasks(): boolean {
    return true
  }
}
