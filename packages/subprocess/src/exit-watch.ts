import { InvalidStateError, type EventLoop, type Future } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'
import {
  CLD_EXITED,
  close,
  ESRCH,
  osError,
  P_PIDFD,
  pidfdSendSignal,
  SIGKILL,
  waitid,
  WEXITED,
  WNOHANG,
} from '@tsyncio/syscalls'

import type { ProcessUsage } from './process-usage.js'

// What is reported when somebody else reaped the child, as asyncio does.
const unknownCode = 255

/**
 * The end of one child. The loop watches its pidfd, which becomes readable in any thread
 * and whoever holds the child's pipes; then the child is reaped, and only then. So until
 * it is, its pid cannot be another process's.
 */
export class ExitWatch {
  readonly loop: EventLoop
  readonly pid: number
  /** The exit code; -N when the child was killed by signal N; null while it runs. */
  returncode: number | null = null
  /** What it used; null while it runs, and if somebody else reaped it. */
  usage: ProcessUsage | null = null
  readonly #pidfd: number
  readonly #waiters = new Set<Future<number>>()
  readonly #onExit: () => void

  constructor(loop: EventLoop, pid: number, pidfd: number, onExit: () => void) {
    this.loop = loop
    this.pid = pid
    this.#pidfd = pidfd
    this.#onExit = onExit
    const { fds } = loop.core
    fds.addReader(pidfd, { run: () => this.#reap(WEXITED | WNOHANG) })
    fds.claim(pidfd, this)
  }

  /** Waits for the exit; cancelled, gives up waiting and nothing else. */
  *wait(): Gen<number> {
    if (this.returncode !== null) return this.returncode
    if (this.loop.isClosed()) {
      throw new InvalidStateError(`The loop that watched ${this.toString()} is closed.`)
    }
    const waiter = this.loop.createFuture<number>()
    this.#waiters.add(waiter)
    try {
      return yield* waiter
    } finally {
      this.#waiters.delete(waiter)
    }
  }

  /** Sends a signal; to a child that has ended, does nothing. */
  send(signal: number): void {
    if (this.returncode !== null) return
    const result = pidfdSendSignal(this.#pidfd, signal)
    if (result < 0 && result !== -ESRCH) throw osError(result, 'pidfd_send_signal')
  }

  /** Kills the child: without this loop nobody would ever reap it. */
  loopClosed(): void {
    this.send(SIGKILL)
    this.#reap(WEXITED)
  }

  toString(): string {
    return `process ${this.pid}`
  }

  #reap(options: number): void {
    const ended = new Int32Array(6)
    const result = waitid(P_PIDFD, this.#pidfd, ended, options)
    if (result === 0 && ended[0] === 0) return
    const { fds } = this.loop.core
    fds.release(this.#pidfd)
    fds.removeReader(this.#pidfd)
    close(this.#pidfd)
    if (result >= 0) this.usage = usageOf(ended)
    this.returncode = result < 0 ? this.#reportStranger(result) : codeOf(ended)
    for (const waiter of this.#waiters) if (!waiter.done()) waiter.setResult(this.returncode)
    this.#onExit()
  }

  #reportStranger(result: number): number {
    this.loop.callExceptionHandler({
      message: `Somebody else reaped ${this.toString()}: its exit code is unknown, and ${unknownCode} is reported`,
      exception: osError(result, 'waitid'),
    })
    return unknownCode
  }
}

function codeOf([, how, status]: Int32Array): number {
  return how === CLD_EXITED ? (status as number) : -(status as number)
}

function usageOf([, , , userMs, systemMs, kibibytes]: Int32Array): ProcessUsage {
  return {
    userMs: userMs as number,
    systemMs: systemMs as number,
    maxRss: (kibibytes as number) * 1024,
  }
}
