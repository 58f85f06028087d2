/** What a process is doing. */
export type State = 'waiting' | 'running' | 'ready' | 'stopping' | 'done'

/** What is known about one process: what the status page shows, and the API gives. */
export interface ProcessStatus {
  /** `web.1`. */
  readonly name: string
  readonly command: string
  readonly port: number
  readonly state: State
  /** Null while it does not run. */
  readonly pid: number | null
  readonly restarts: number
  /** For how many milliseconds it has been running; null while it does not. */
  readonly uptime: number | null
  /** How many processes its tree has; null, as the next two, while it does not run. */
  readonly processes: number | null
  /** Percent of one core that the tree has used of late. */
  readonly cpu: number | null
  /** Bytes that the tree has in memory; what several share counts several times. */
  readonly memory: number | null
  /** How it ended the last time; null if it never has. */
  readonly lastExit: string | null
}
