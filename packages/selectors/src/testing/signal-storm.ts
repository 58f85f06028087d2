import type { ChildProcess } from 'node:child_process'

const SIGNAL = 'SIGUSR2'

/** Sends this process one signal after another, so that its waits are interrupted. */
export class SignalStorm {
  readonly #sender: ChildProcess
  #count = 0
  readonly #onSignal = () => {
    this.#count++
  }

  constructor() {
    process.on(SIGNAL, this.#onSignal)
    const { spawn } = process.getBuiltinModule('node:child_process')
    const script = `while kill -USR2 ${process.pid}; do sleep 0.01; done`
    this.#sender = spawn('/bin/sh', ['-c', script], { stdio: 'ignore' })
  }

  /** Stops, and says how many signals this process noticed. */
  async end(): Promise<number> {
    const ended = new Promise((resolve) => this.#sender.once('exit', resolve))
    this.#sender.kill('SIGKILL')
    await ended
    process.off(SIGNAL, this.#onSignal)
    return this.#count
  }
}
