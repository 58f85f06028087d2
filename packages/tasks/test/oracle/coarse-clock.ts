import { VirtualClock } from '@tsyncio/loop/testing'

/**
 * Where others wait, jumps to the next full millisecond at which a timer is due. Programs
 * wait for nothing outside of their loop.
 */
export class CoarseClock extends VirtualClock {
  constructor() {
    super(0, { patience: 0 })
  }

  override jump(deadline: number): void {
    super.jump(Math.ceil(deadline))
  }
}
