import type { EventLoop } from '@tsyncio/loop'
import {
  close,
  EAGAIN,
  ECONNRESET,
  MSG_DONTWAIT,
  P_PIDFD,
  pidfdSendSignal,
  recvmsg,
  send,
  SHUT_WR,
  shutdown,
  SIGCONT,
  waitid,
  WEXITED,
  WNOHANG,
} from '@tsyncio/syscalls'

import { ANSWER_WORDS, END_ALL, type Answer } from './answer.js'

/** Who is told what a guardian says, and of its end. */
export interface GuardianListener {
  answered(answer: Answer): void
  /** The guardian has ended and is reaped; everything that it said has been told. */
  gone(): void
}

/**
 * A guardian's process and the socket to it. Closing the socket is the order to kill the
 * whole tree: the kernel gives it when this process ends, however that happens.
 */
export class Guardian {
  readonly pid: number
  readonly #loop: EventLoop
  readonly #pidfd: number
  readonly #listener: GuardianListener
  #control: number

  constructor(
    loop: EventLoop,
    pid: number,
    pidfd: number,
    control: number,
    listener: GuardianListener,
  ) {
    this.#loop = loop
    this.pid = pid
    this.#pidfd = pidfd
    this.#control = control
    this.#listener = listener
    this.#watch(control, () => this.#listen())
  }

  /** Has a signal sent to everybody in the tree. */
  signal(number: number): void {
    this.#command(number)
  }

  /** Has everybody killed until nobody is left. The guardian still says how the target ended. */
  end(): void {
    // A socket that is full of commands must not keep the last one out.
    if (this.#command(END_ALL) !== -EAGAIN) return
    shutdown(this.#control, SHUT_WR)
  }

  /** Has everybody killed, and hears of nothing more but the guardian's end. */
  hangUp(): void {
    if (this.#control < 0) return
    this.#pokeIfStopped()
    this.#unwatch(this.#control)
    close(this.#control)
    this.#control = -1
    // Ended already, it is readable from the start.
    this.#watch(this.#pidfd, () => this.#reap(WEXITED | WNOHANG))
  }

  /** The loop will call nobody any more: the tree must end here, while the thread waits. */
  loopClosed(): void {
    this.end()
    this.#reap(WEXITED)
  }

  #watch(fd: number, run: () => void): void {
    const { fds } = this.#loop.core
    fds.addReader(fd, { run })
    fds.claim(fd, this)
  }

  #unwatch(fd: number): void {
    const { fds } = this.#loop.core
    fds.release(fd)
    fds.removeReader(fd)
  }

  // A stopped guardian reads nothing; nobody has a reason to stop one.
  #pokeIfStopped(): void {
    pidfdSendSignal(this.#pidfd, SIGCONT)
  }

  // Whatever else goes wrong: a guardian that has ended needs no command.
  #command(number: number): number {
    if (this.#control < 0) return 0
    this.#pokeIfStopped()
    return send(this.#control, Uint8Array.of(number), 0, 1, MSG_DONTWAIT)
  }

  #listen(): void {
    for (let more = true; more;) more = this.#control >= 0 && this.#hear()
  }

  /** Takes one answer; false when there is none for the time being, or for ever. */
  #hear(): boolean {
    const words = new Int32Array(ANSWER_WORDS)
    const out = new Int32Array(4)
    const length = recvmsg(this.#control, [new Uint8Array(words.buffer)], MSG_DONTWAIT, null, out)
    if (length === -EAGAIN) return false
    // Once, and before what is still there to be read: a command came too late to be read.
    if (length === -ECONNRESET) return true
    if (length <= 0) {
      this.hangUp()
      return false
    }
    this.#listener.answered({ words, fd: out[2] === 1 ? (out[3] as number) : null })
    return true
  }

  #reap(options: number): void {
    const ended = new Int32Array(3)
    const result = waitid(P_PIDFD, this.#pidfd, ended, options)
    if (result === 0 && ended[0] === 0) return
    // What was said last is still in the socket.
    this.#listen()
    if (this.#control >= 0) this.hangUp()
    this.#unwatch(this.#pidfd)
    close(this.#pidfd)
    this.#listener.gone()
  }
}
