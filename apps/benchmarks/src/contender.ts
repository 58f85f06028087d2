/** Something to measure. */
export interface Contender {
  readonly name: string
  /** What it runs on: `node 20.20.2`. */
  readonly version: string
  /** The program and its first arguments. */
  readonly command: readonly string[]
}

/** Something that this machine does not have. */
export interface AbsentContender {
  readonly name: string
  readonly absent: string
}

/** Something to measure, where the machine has it. */
export type MaybeContender = Contender | AbsentContender

export function isPresent(contender: MaybeContender): contender is Contender {
  return !('absent' in contender)
}
