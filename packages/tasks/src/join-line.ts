import { Line } from './line.js'

/** Those who wait until everything that was put has been worked off. */
export class JoinLine extends Line<void> {
  unfinished = 0

  override arrive(): boolean {
    return this.unfinished === 0
  }

  take(): void {
    // There is nothing to have.
  }

  finishOne(): void {
    this.unfinished--
    if (this.unfinished === 0) this.wakeAll()
  }
}
