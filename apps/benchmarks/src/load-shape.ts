/** What the load generator sends, as far as a work has its own ideas. */
export interface LoadShape {
  readonly mode: 'echo' | 'lines' | 'bulk' | 'sink' | 'udp' | 'accept' | 'tls'
  readonly connections?: number
  /** Bytes of a request. */
  readonly size?: number
  /** Requests on the way at a time, for each connection. */
  readonly pipeline?: number
}
