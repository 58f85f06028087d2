import { signalName } from '../signal-name.js'

const brand = Symbol.for('tsyncio.NotReadyError')

/** A process has ended before what was waited for was there. */
export class NotReadyError extends Error {
  static {
    this.prototype.name = 'NotReadyError'
  }
  readonly [brand] = true
  readonly code = 'ERR_TSYNCIO_NOT_READY'
  readonly pid: number
  /** What it exited with; -N when signal N ended it. */
  readonly returncode: number

  /** @param what what did not happen, as the end of a sentence. */
  constructor(pid: number, returncode: number, what: string) {
    const signal = signalName(returncode)
    const end = signal === null ? `exited with code ${returncode}` : `was ended by ${signal}`
    super(`Process ${pid} ${end} before ${what}`)
    this.pid = pid
    this.returncode = returncode
  }
}
