type MakeSuppressed = new (error: unknown, suppressed: unknown, message?: string) => Error

const message = 'Disposing failed, after the body had failed.'

/** `error` came while disposing, and hides `suppressed`: as the language's own `using` says it. */
export function suppressedError(error: unknown, suppressed: unknown): Error {
  const { SuppressedError } = globalThis as { SuppressedError?: MakeSuppressed }
  if (SuppressedError !== undefined) return new SuppressedError(error, suppressed, message)
  const stand = new Error(message)
  stand.name = 'SuppressedError'
  return Object.assign(stand, { error, suppressed })
}
