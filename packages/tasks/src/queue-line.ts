import { Line } from './line.js'
import { QueueShutDown } from './queue-shut-down.js'

/**
 * One side of a queue. Being woken means no more than that it is worth another look:
 * somebody else may have been quicker, and then there is another wait, at the end.
 */
export abstract class QueueLine<R> extends Line<R> {
  isShutDown = false

  protected abstract isPossible(): boolean

  override arrive(): boolean {
    if (this.isPossible()) return true
    this.requireOpen()
    return false
  }

  override proceed(): boolean {
    return this.arrive()
  }

  override leave(woken: boolean): void {
    if (woken && this.isPossible()) this.wakeNext()
  }

  requireOpen(): void {
    if (this.isShutDown) throw new QueueShutDown(`${this.toString()} was shut down.`)
  }
}
