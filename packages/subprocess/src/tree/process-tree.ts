import type { EventLoop } from '@tsyncio/loop'
import {
  close,
  ECONNRESET,
  ESRCH,
  osError,
  pidfdSendSignal,
  SIGKILL,
  type EncodedPlan,
} from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

import type { Exit } from '../exit.js'
import { exitCode, unknownCode } from '../exit-code.js'
import type { Followers } from '../followers.js'
import { Milestone } from '../milestone.js'
import { usageOf, type ProcessUsage } from '../process-usage.js'
import { AnswerKind, type Answer } from './answer.js'
import type { Guardian, GuardianListener } from './guardian.js'
import { killSession } from './kill-session.js'
import { launchGuardian } from './launch-guardian.js'

/** How a start went: `step` is the index of the step that failed, and why. */
type Start = { readonly step: number; readonly errno: number } | 'running' | 'lost'

/**
 * A process and all its descendants, as their guardian reports them: the end of the one,
 * and when nobody is left of the others.
 */
export class ProcessTree implements Exit, Followers, GuardianListener {
  pid = 0
  returncode: number | null = null
  usage: ProcessUsage | null = null
  readonly #loop: EventLoop
  readonly #guardian: Guardian
  readonly #started: Milestone<Start>
  readonly #exited: Milestone<number>
  readonly #over: Milestone<true>
  #pidfd = -1
  #toldTheEnd = false
  #onExit: (() => void) | undefined

  /** @throws OSError if the guardian cannot be started. */
  constructor(loop: EventLoop, plan: EncodedPlan) {
    this.#loop = loop
    this.#started = new Milestone(loop)
    this.#exited = new Milestone(loop)
    this.#over = new Milestone(loop)
    this.#guardian = launchGuardian(loop, plan, this)
  }

  /** Waits for the program to run, or for the reason why it does not. */
  started(): Gen<Start> {
    return this.#started.wait()
  }

  wait(): Gen<number> {
    return this.#exited.wait()
  }

  send(signal: number): void {
    if (this.#pidfd < 0) return
    const result = pidfdSendSignal(this.#pidfd, signal)
    if (result < 0 && result !== -ESRCH) throw osError(result, 'pidfd_send_signal')
  }

  whenEnded(callback: () => void): void {
    if (this.returncode === null) this.#onExit = callback
    else callback()
  }

  /** SIGKILL kills whoever comes to be meanwhile, too, until nobody is left. */
  signal(number: number): boolean {
    if (this.#over.isReached) return false
    if (number === SIGKILL) this.#guardian.end()
    else if (number !== 0) this.#guardian.signal(number)
    return true
  }

  *ended(): Gen<void> {
    yield* this.#over.wait()
  }

  /** Ends a tree that nobody will have. */
  discard(): void {
    this.#toldTheEnd = true
    this.#guardian.hangUp()
  }

  answered({ words, fd }: Answer): void {
    const [kind, first, second, third] = words as unknown as [number, number, number, number]
    if (kind === AnswerKind.STARTED) this.#begin(first, fd ?? -1)
    else if (kind === AnswerKind.FAILED) this.#started.reach({ step: first, errno: second })
    else if (kind === AnswerKind.EXITED) {
      this.usage = usageOf(words.subarray(1))
      this.#exit(exitCode(second, third))
    } else this.#toldTheEnd = true
    if (kind === AnswerKind.REFUSED) this.#reportSurvivors(first)
  }

  gone(): void {
    this.#started.reach('lost')
    if (this.pid !== 0 && !this.#toldTheEnd) this.#guardianDied()
    if (this.#pidfd >= 0) close(this.#pidfd)
    this.#pidfd = -1
    this.#over.reach(true)
  }

  toString(): string {
    return `process ${this.pid}`
  }

  #begin(pid: number, pidfd: number): void {
    this.pid = pid
    this.#pidfd = pidfd
    this.#started.reach('running')
  }

  #exit(code: number): void {
    close(this.#pidfd)
    this.#pidfd = -1
    this.returncode = code
    this.#exited.reach(code)
    this.#onExit?.()
  }

  // The kernel has killed its direct child. Who else there was is nobody's descendant any
  // more; most of them can still be told by their session.
  #guardianDied(): void {
    killSession([this.#guardian.pid, this.pid])
    this.#report(`The guardian of ${this.toString()} was killed; its descendants may live on`)
    if (this.returncode !== null) return
    this.send(SIGKILL)
    this.#exit(unknownCode)
  }

  #reportSurvivors(count: number): void {
    this.#report(`${count} descendants of ${this.toString()} may not be killed by this process`)
  }

  #report(message: string): void {
    this.#loop.callExceptionHandler({
      message,
      exception: osError(-ECONNRESET, `guardian ${this.#guardian.pid}`),
    })
  }
}
