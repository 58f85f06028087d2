import type { EventLoop } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'
import {
  close,
  EINTR,
  EPERM,
  ESRCH,
  osError,
  P_PIDFD,
  pidfdSendSignal,
  SIGKILL,
  waitid,
  WEXITED,
  WNOHANG,
} from '@tsyncio/syscalls'

import type { Exit } from './exit.js'
import { exitCode, unknownCode } from './exit-code.js'
import { Milestone } from './milestone.js'
import { usageOf, type ProcessUsage } from './process-usage.js'

/**
 * The end of one child. The loop watches its pidfd, which becomes readable in any thread
 * and whoever holds the child's pipes; then the child is reaped, and only then. So until
 * it is, its pid cannot be another process's.
 */
export class ExitWatch implements Exit {
  readonly loop: EventLoop
  readonly pid: number
  /** The exit code; -N when the child was killed by signal N; null while it runs. */
  returncode: number | null = null
  /** What it used; null while it runs, and if somebody else reaped it. */
  usage: ProcessUsage | null = null
  readonly #pidfd: number
  readonly #exited: Milestone<number>
  #onExit: (() => void) | undefined

  constructor(loop: EventLoop, pid: number, pidfd: number) {
    this.loop = loop
    this.pid = pid
    this.#pidfd = pidfd
    this.#exited = new Milestone(loop)
    const { fds } = loop.core
    fds.addReader(pidfd, { run: () => this.#reap(WEXITED | WNOHANG) })
    fds.claim(pidfd, this)
  }

  /** Waits for the exit; cancelled, gives up waiting and nothing else. */
  wait(): Gen<number> {
    return this.#exited.wait()
  }

  whenEnded(callback: () => void): void {
    if (this.returncode === null) this.#onExit = callback
    else callback()
  }

  /** Sends a signal; to a child that has ended, does nothing. */
  send(signal: number): void {
    if (this.returncode !== null) return
    const result = pidfdSendSignal(this.#pidfd, signal)
    if (result < 0 && result !== -ESRCH) throw osError(result, 'pidfd_send_signal')
  }

  /** Kills the child: without this loop nobody would ever reap it. */
  loopClosed(): void {
    this.endNow()
  }

  /** Kills the child and reaps it, while the thread stands still; gives up one that may not be killed. */
  endNow(): void {
    if (this.returncode !== null) return
    const refused = pidfdSendSignal(this.#pidfd, SIGKILL) === -EPERM
    // A wait for who was not killed might last for ever.
    this.#reap(refused ? WEXITED | WNOHANG : WEXITED)
    if (this.returncode !== null) return
    this.#letGo()
    this.#report(
      -EPERM,
      'pidfd_send_signal',
      `This process may not kill ${this.toString()}, which lives on`,
    )
    this.#end(unknownCode)
  }

  toString(): string {
    return `process ${this.pid}`
  }

  #reap(options: number): void {
    const ended = new Int32Array(6)
    let result: number
    do result = waitid(P_PIDFD, this.#pidfd, ended, options)
    while (result === -EINTR)
    if (result === 0 && ended[0] === 0) return
    this.#letGo()
    const [, how, status] = ended as unknown as [number, number, number]
    if (result >= 0) this.usage = usageOf(ended)
    else this.#report(result, 'waitid', `Somebody else reaped ${this.toString()}`)
    this.#end(result < 0 ? unknownCode : exitCode(how, status))
  }

  #letGo(): void {
    const { fds } = this.loop.core
    fds.release(this.#pidfd)
    fds.removeReader(this.#pidfd)
    close(this.#pidfd)
  }

  #end(code: number): void {
    this.returncode = code
    this.#exited.reach(code)
    this.#onExit?.()
  }

  #report(result: number, call: string, what: string): void {
    this.loop.callExceptionHandler({
      message: `${what}: its exit code is unknown, and ${unknownCode} is reported`,
      exception: osError(result, call),
    })
  }
}
