/** What a process, and those of its children that it waited for, have used: `getrusage(2)`. */
export interface ProcessUsage {
  /** Milliseconds of CPU in the programs themselves. */
  readonly userMs: number
  /** Milliseconds of CPU in the kernel. */
  readonly systemMs: number
  /** The most bytes that any one of them had in memory at once. */
  readonly maxRss: number
}

/** Of the words of `waitid`. */
export function usageOf([, , , userMs, systemMs, kibibytes]: Int32Array): ProcessUsage {
  return {
    userMs: userMs as number,
    systemMs: systemMs as number,
    maxRss: (kibibytes as number) * 1024,
  }
}
