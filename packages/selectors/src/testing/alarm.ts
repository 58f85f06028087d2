import {
  CLOCK_MONOTONIC,
  close,
  osError,
  TFD_CLOEXEC,
  timerfdCreate,
  timerfdSettime,
} from '@tsyncio/syscalls'

/** A file object that becomes readable after some milliseconds, and stays so. */
export class Alarm {
  readonly fd: number

  constructor(milliseconds: number) {
    this.fd = timerfdCreate(CLOCK_MONOTONIC, TFD_CLOEXEC)
    if (this.fd < 0) throw osError(this.fd, 'timerfd_create')
    timerfdSettime(this.fd, 0, milliseconds, 0)
  }

  [Symbol.dispose](): void {
    close(this.fd)
  }
}
