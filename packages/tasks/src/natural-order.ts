// Numbers, strings, bigints and booleans by `<`, and what gives one of these by `valueOf`,
// such as a Date. Arrays as Python compares its tuples, since `<` would compare their text:
// [10] < [9]. What has no order is an error, and not a queue in no particular order.

type Comparable = number | bigint | string | boolean

/** Negative if `a` is lower than `b`, positive if it is higher, 0 if neither. */
export function naturalOrder(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return compare(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b)
  const left = valueOf(a)
  const right = valueOf(b)
  if (left === undefined || right === undefined || isText(left) !== isText(right)) {
    if (a === b) return 0
    throw new TypeError(
      `Cannot tell which is lower, ${describe(a)} or ${describe(b)}: give a compare function.`,
    )
  }
  return compare(left, right)
}

function compare(a: Comparable, b: Comparable): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = naturalOrder(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

function valueOf(value: unknown): Comparable | undefined {
  const primitive: unknown = typeof value === 'object' && value !== null ? value.valueOf() : value
  return isComparable(primitive) ? primitive : undefined
}

function isComparable(value: unknown): value is Comparable {
  return ['number', 'bigint', 'string', 'boolean'].includes(typeof value)
}

function isText(value: Comparable): boolean {
  return typeof value === 'string'
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}
