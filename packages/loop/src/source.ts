// Where objects were made, in debug mode. Not in the objects: most of them live for a turn,
// and every field of theirs costs, in debug mode or not.
const sources = new WeakMap<object, string>()

export function noteSource(object: object, source: string): void {
  sources.set(object, source)
}

export function sourceOf(object: object): string | undefined {
  return sources.get(object)
}
