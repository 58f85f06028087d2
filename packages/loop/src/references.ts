/** Counts what keeps the process alive: ref'd timers, watched fds, pending jobs. */
export interface References {
  add(): void
  remove(): void
}
