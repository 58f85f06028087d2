import { VirtualClock } from '@tsyncio/loop/testing'

/** Where others wait, jumps to the next full millisecond at which a timer is due. */
export class CoarseClock extends VirtualClock {
  override wait(deadline: number, callback: () => void): () => void {
    return super.wait(Math.ceil(deadline), callback)
  }
}
