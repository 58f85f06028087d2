/**
 * What the ready queue holds. The loop calls `run` once for each time that it was
 * scheduled. It must not throw: a {@link Handle} reports, a task stores.
 */
export interface Runnable {
  run(): void
}
