/** What {@link spawn} starts. */
export interface SpawnSpec {
  /** A path, or a name that is looked for in the `PATH` of `env`. */
  readonly file: string
  /** `argv`: the first is the program's own name. */
  readonly args: readonly string[]
  /** The child's variables; the parent's when left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
  /** Which fd of the parent becomes the child's fd 0, 1, 2 ...; -1 leaves it closed. */
  readonly stdio: readonly number[]
  /** More of them, by the child's number: `{ 10: fd }`. */
  readonly fds?: Readonly<Record<number, number>> | undefined
  /** Whether the child begins a session (`setsid(2)`). */
  readonly newSession?: boolean | undefined
  /** The process group that the child enters (`setpgid(2)`); 0 for one of its own. */
  readonly processGroup?: number | undefined
  /** The child's fd of a terminal that becomes its controlling one; needs `newSession`. */
  readonly terminal?: number | undefined
  /** The child's fd of the terminal whose foreground its group becomes (`tcsetpgrp(3)`). */
  readonly foreground?: number | undefined
  /** The user that the child becomes: real, effective and saved (`setresuid(2)`). */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** The supplementary groups; none when left out beside a `uid` or `gid`. */
  readonly groups?: readonly number[] | undefined
  /** The permissions that files made by the child do not get (`umask(2)`). */
  readonly umask?: number | undefined
}
