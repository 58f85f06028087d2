/** Who writes to an fd in place of its {@link Outgoing}. */
export interface OutgoingHold {
  /** What was written before has gone: the fd is the holder's. */
  free(): void
  /** The connection is gone. */
  lost(): void
}
