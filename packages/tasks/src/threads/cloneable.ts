/** Whether `value` can go to another thread, as a copy. */
export function cloneable(value: unknown): boolean {
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}
