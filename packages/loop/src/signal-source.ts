/** Where a loop hears of signals: Node's own events, or a pipe that C writes to. */
export interface SignalSource {
  watch(signal: NodeJS.Signals, number: number): void
  unwatch(signal: NodeJS.Signals, number: number): void
}
