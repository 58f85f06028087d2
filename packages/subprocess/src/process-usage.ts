/** What a process, and those of its children that it waited for, have used: `getrusage(2)`. */
export interface ProcessUsage {
  /** Milliseconds of CPU in the programs themselves. */
  readonly userMs: number
  /** Milliseconds of CPU in the kernel. */
  readonly systemMs: number
  /** The most bytes that any one of them had in memory at once. */
  readonly maxRss: number
}
