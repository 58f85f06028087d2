/** What the load generator prints. */
export interface LoadReport {
  readonly mode: string
  readonly connections: number
  /** Bytes of a request. */
  readonly size: number
  readonly pipeline: number
  /** How long it measured. */
  readonly seconds: number
  readonly requests: number
  /** The generator's CPU time as a share of the measured time. */
  readonly cpu: number
  /** The share of the time it was ready to run while another program had its core. */
  readonly waited: number
  /** The share of the time it napped, so as not to become the bottleneck. */
  readonly napped: number
  /** Microseconds from a request to the end of its reply. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** The server's `/proc/PID/stat` at both ends of the measured time. */
  readonly before: string
  readonly after: string
}
