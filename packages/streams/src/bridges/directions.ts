/** What can be done with a transport. */
export interface Directions {
  readonly canRead: boolean
  readonly canWrite: boolean
}
