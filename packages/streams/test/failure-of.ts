/** What a body throws: of system errors, with their code. */
export function* failureOf(
  body: () => Iterable<unknown>,
): Generator<never, (Error & { code?: string }) | undefined> {
  try {
    yield* body() as Iterable<never>
  } catch (error) {
    return error as Error
  }
  return undefined
}
