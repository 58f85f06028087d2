/** For a wait that somebody may want to end. */
export interface SignalOptions {
  /**
   * Ends this one wait when it is aborted: the signal's reason is thrown, nothing was
   * consumed, and the task does not count as cancelled.
   */
  readonly signal?: AbortSignal | undefined
}
