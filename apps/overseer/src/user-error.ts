/** Something that its user can put right: told in one line, without a stack. */
export class UserError extends Error {
  static {
    this.prototype.name = 'UserError'
  }
  /** What the program ends with: 1, or 2 for a wrong command line. */
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
