import { anything, number, typedArray } from './garbage.js'
import { encodePlan } from '../../../dist/index.js'
import { Sacrifice } from './sacrifice.js'

// Above the largest pid there can be: a signal to one of these hits nobody.
const NO_PID = 2 ** 22 + 1

/** A plan as it should be, or with a word, a string or the end of it spoiled. */
function plan(random) {
  const { bytes } = encodePlan({
    file: random.pick(['/bin/true', '/nowhere']),
    args: ['true'],
    env: {},
    cwd: random.pick([undefined, '/', '/nowhere']),
    stdio: Array.from({ length: random.pick([0, 0, 1, 3, 4, 16, 100]) }, () => 500),
    groups: random.pick([undefined, [], [1, 2]]),
  })
  const words = new Int32Array(bytes.buffer, 0, bytes.length >> 2)
  return random.pick([
    () => bytes,
    () => (words.set([number(random)], random.below(14)), bytes),
    () => (words.set([number(random)], random.below(words.length)), bytes),
    () => (bytes.set([0], random.below(bytes.length)), bytes),
    () => (bytes.set([120], bytes.length - 1), bytes),
    () => bytes.subarray(0, random.below(bytes.length)),
    () => bytes.subarray(random.below(4)),
  ])()
}

const fitting = {
  int: (random) => random.pick([() => random.below(40), () => number(random)])(),
  number,
  // A file that is sent to its own end grows while it is read.
  few: (random) => random.below(5000),
  // Never for long: a fuzz that waits finds nothing.
  timeout: (random) => random.pick([0, -0, 0.001, 1e-9, NaN]),
  nohang: (random) => random.pick([1, 5, 7, NaN, 0x40000001]),
  fd: (random) => random.below(40),
  pid: number,
  bytes: (random) => typedArray(random, Uint8Array),
  ints: (random) => typedArray(random, Int32Array),
  doubles: (random) => typedArray(random, Float64Array),
  buffers: (random) =>
    Array.from({ length: random.pick([0, 1, 3, 1024, 1025]) }, () =>
      typedArray(random, Uint8Array),
    ),
  // Nowhere but the loopback interface, whatever else is random.
  address: (random) =>
    random.pick([
      Uint8Array.of(2, 0, 0, random.below(256), 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
      null,
    ]),
  'address object': (random) => ({
    family: random.pick(['IPv4', 'IPv6', 'Unix', undefined]),
    address: anything(random),
    port: anything(random),
    path: anything(random),
  }),
  plan,
  spec: (random) => ({
    file: random.pick(['true', '/nowhere', anything(random)]),
    args: random.pick([['true'], [anything(random)], anything(random)]),
    env: random.pick([{}, undefined, anything(random)]),
    cwd: random.pick(['/', undefined, anything(random)]),
    stdio: random.pick([[], [500, -1, 501], anything(random)]),
    fds: random.pick([undefined, { 7: 500 }, anything(random)]),
    newSession: random.pick([true, false, anything(random)]),
    processGroup: random.pick([0, undefined, anything(random)]),
    terminal: random.pick([undefined, anything(random)]),
    foreground: random.pick([undefined, anything(random)]),
    uid: random.pick([undefined, 65534, anything(random)]),
    gid: random.pick([undefined, 65534, anything(random)]),
    groups: random.pick([undefined, [], anything(random)]),
    umask: random.pick([undefined, 0o22, anything(random)]),
  }),
  turn: () => () => {},
  any: anything,
}

const isWhole = (value) => Number.isInteger(value)
const harmless = {
  fd: Sacrifice.harmless,
  pid: (value) =>
    isWhole(value) && Math.abs(value) < 2 ** 31 ? NO_PID + Math.abs(value % 1e6) : value,
  timeout: (value) => (value < 0 || value > 0.01 ? 0 : value),
  few: (value) => (value > 5000 ? 5000 : value),
  nohang: (value) => (isWhole(value) ? value | 1 : value),
  // What is neither null nor an array of zeros could be an address in the world.
  address: (value) => (value instanceof Uint8Array && value.length > 16 ? value.fill(0) : value),
}

function safely(kind, value) {
  try {
    return harmless[kind]?.(value) ?? value
  } catch {
    return value // not a number, and not to be compared with one
  }
}

/** Arguments for one call: fitting, random or mixed; sometimes too few or too many. */
export function makeArguments(random, kinds) {
  const share = random.pick([0, 0.3, 0.8, 0.95, 1])
  const args = kinds.map((kind) =>
    safely(kind, random.next() < share ? fitting[kind](random) : anything(random)),
  )
  if (random.below(12) === 0) args.length = random.below(args.length + 1)
  if (random.below(12) === 0) args.push(...Array.from({ length: 8 }, () => anything(random)))
  return args
}
