// Values that nobody should pass, and some that one might.

/** What our own getters throw: it may come out of a call as it is. */
export const thrown = new Error('thrown by an argument')

function raise() {
  throw thrown
}

/** A generator of pseudo-random numbers (mulberry32). */
export function randomness(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit) => Math.floor(next() * limit)
  const pick = (choices) => choices[below(choices.length)]
  return { next, below, pick }
}

function detached(type) {
  const array = new type(16)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

// Made once: memory that can grow or be shared is slow to get.
const shared = new SharedArrayBuffer(4096 * 8)
const growing = [
  new SharedArrayBuffer(8, { maxByteLength: 4096 }),
  new ArrayBuffer(64, { maxByteLength: 4096 }),
]

const shrinking = new ArrayBuffer(64, { maxByteLength: 128 })
const shrunk = [Uint8Array, Int32Array, Uint16Array, Float64Array].map(
  (type) => new type(shrinking, 32, 2),
)
shrinking.resize(8)

/** A typed array of one of the kinds of memory that there are. */
export function typedArray({ pick, below }, type) {
  const length = pick([0, 1, 2, 3, 4, 16, 100, 4096])
  const make = pick([
    () => new type(length),
    () => new type(length).fill(pick([-1, 1, 255, 1e9])),
    () => type.from({ length: Math.min(length, 100) }, () => 500 + below(40)),
    () => new type(shared, 0, length),
    () => new type(new ArrayBuffer(4096), 8, Math.min(length, 500)),
    () => new type(pick(growing)),
    () => detached(type),
    () => shrunk.find((array) => array instanceof type),
  ])
  return make()
}

/** Numbers of every kind; `most` weighs towards small whole ones. */
export function number({ pick, below, next }) {
  return pick([
    () => below(20),
    () => below(2000),
    () => -below(20),
    () => below(2 ** 31),
    () => -below(2 ** 31),
    () => 2 ** below(64) - below(2),
    () => next() * 100,
    () => pick([-0, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 63), 0.5]),
  ])()
}

const poisoned = new Proxy({}, { get: raise, has: raise, ownKeys: raise, getPrototypeOf: raise })

/** Anything at all. */
export function anything(random) {
  return random.pick([
    () => undefined,
    () => null,
    () => random.pick([true, false]),
    () => random.pick(['', '0', '\0', '127.0.0.1', '::1', '/'.repeat(300), '\ud800']),
    () => Symbol('s'),
    () => random.pick([0n, -1n, 2n ** 70n]),
    () => number(random),
    () => [],
    () => [number(random), 'x', null],
    () => ({}),
    () => ({ valueOf: raise, toString: raise, [Symbol.toPrimitive]: raise }),
    () => ({ valueOf: () => 3, length: 3 }),
    () => poisoned,
    () => new Proxy(new Uint8Array(8), {}),
    () => new Proxy([], { get: raise }),
    () => new Proxy(() => 1, {}),
    () => Object.defineProperty([1, 2], 0, { get: raise }),
    () => () => raise(),
    () => new Date(NaN),
    () => new ArrayBuffer(8),
    () => new DataView(new ArrayBuffer(8)),
    () => typedArray(random, Uint8Array),
    () => typedArray(random, Int32Array),
    () => typedArray(random, Float64Array),
    () => typedArray(random, Uint16Array),
    () => Buffer.alloc(10, 1),
  ])()
}
