// Calls every function with random arguments: node main.js CALLS SEED.
// Prints one line of JSON; a crash prints none.
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'

import * as calls from '../../../dist/index.js'
import { makeArguments } from './arguments.js'
import { randomness, thrown } from './garbage.js'
import { Sacrifice } from './sacrifice.js'
import { addonSignatures, packageSignatures } from './signatures.js'

const [count, seed] = process.argv.slice(2).map(Number)
const suffix = process.env.TSYNCIO_SANITIZE === undefined ? '' : `-${process.env.TSYNCIO_SANITIZE}`
const libc = process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
const addon = createRequire(import.meta.url)(
  `../../../prebuilds/linux-${process.arch}-${libc}${suffix}.node`,
)
const random = randomness(seed)
const sacrifice = new Sacrifice(addon)

function functionsOf(object, signatures, from) {
  const names = Object.keys(object).filter((name) => typeof object[name] === 'function')
  const forgotten = names.filter((name) => !(name in signatures))
  if (forgotten.length > 0) throw new Error(`no signature of ${forgotten.join(', ')}`)
  return names.map((name) => ({ name, from, call: object[name], kinds: signatures[name] }))
}

const functions = [
  ...functionsOf(addon, addonSignatures, 'addon'),
  ...functionsOf(calls, packageSignatures, 'package'),
]

function show(value) {
  try {
    return typeof value === 'symbol' ? 'symbol' : `${typeof value} ${value}`.slice(0, 60)
  } catch {
    return typeof value
  }
}

const isFine = (failure) =>
  failure === thrown || failure instanceof TypeError || failure instanceof RangeError

// A callback that throws is called by libuv, and not by a call of ours.
process.on('uncaughtException', (failure) => {
  if (failure !== thrown) throw failure
})

const tally = { calls: 0, values: 0, errnos: 0, refused: 0, threw: 0, functions: functions.length }
const wrong = []

function once({ name, from, call, kinds }) {
  const args = makeArguments(random, kinds)
  tally.calls++
  try {
    const result = call(...args)
    if (typeof result !== 'number') {
      if (name in addonSignatures) wrong.push([from, name, show(result), args.map(show)])
    } else if (from === 'addon' && result <= -100_000) tally.refused++
    else if (result < 0) tally.errnos++
    else tally.values++
    if (name === 'hostOpen' && result >= 0) sacrifice.protect()
  } catch (failure) {
    tally.threw++
    if (!isFine(failure)) wrong.push([from, name, String(failure), args.map(show)])
  }
  if (name === 'fcntl') sacrifice.renew()
}

const [P_ALL, WNOHANG, WEXITED] = [0, 1, 4]
function reap() {
  const out = new Int32Array(3)
  while (addon.waitid(P_ALL, 0, out, WNOHANG | WEXITED) === 0 && out[0] !== 0);
}

for (let i = 0; i < count; i++) {
  once(functions[i % functions.length])
  if (i % 97 === 0) {
    sacrifice.renew()
    await setImmediate()
    reap()
  }
}
process.stdout.write(`${JSON.stringify({ ...tally, wrong: wrong.slice(0, 10) })}\n`)
process.exit(wrong.length === 0 ? 0 : 1)
