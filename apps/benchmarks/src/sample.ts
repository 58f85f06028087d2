/** What one contender did in one round. */
export interface Sample {
  readonly contender: string
  /** From 1 on. */
  readonly round: number
  readonly figures: Readonly<Record<string, number>>
  /** Why the round does not count, if it does not. */
  readonly refused?: string
}
