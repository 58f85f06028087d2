import { poll } from '@tsyncio/syscalls'

/** Whether the kernel says one of `events` of an fd: POLLHUP, POLLERR or both. */
export function isHungUp(fd: number, events: number): boolean {
  const entry = Int32Array.of(fd, 0)
  poll(entry, 1, 0)
  return (((entry[1] as number) >>> 16) & events) !== 0
}
