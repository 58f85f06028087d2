const has = (value: unknown, name: string): boolean =>
  typeof (Object(value) as Record<string, unknown>)[name] === 'function'

/** The fd that an option stands for: a number, of something with `fileno()`, or a stream's. */
export function fdOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (has(value, 'fileno')) return (value as { fileno(): number }).fileno()
  if (
    typeof value !== 'object' ||
    value === null ||
    (!has(value, 'pipe') && !has(value, 'write'))
  ) {
    return undefined
  }
  const { fd } = value as { fd?: unknown }
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}
