import { Ballast } from './ballast.js'
import type { Done } from './measure.js'
import { AT_ONCE, CAT_BYTES, HELD_PROGRAMS, IDLE, IDLE_TIME, PROGRAMS } from './sizes.js'

/** A way of running programs. */
export interface Spawning {
  /** Runs `/bin/true` to its end: the milliseconds that the call held the thread. */
  runTrue(): Promise<number>
  /** Sends bytes through `cat`, and gives how many came back. */
  cat(bytes: number): Promise<number>
  /** Starts a `sleep` that nobody waits for. */
  sleep(): Promise<unknown>
}

type Batches = Readonly<Record<string, () => Promise<Done>>>

async function held(spawning: Spawning): Promise<Done> {
  let sum = 0
  for (let i = 0; i < HELD_PROGRAMS; i++) sum += await spawning.runTrue()
  return { operations: HELD_PROGRAMS, held: sum }
}

async function oneByOne(spawning: Spawning, count = PROGRAMS): Promise<Done> {
  for (let i = 0; i < count; i++) await spawning.runTrue()
  return { operations: count }
}

async function atOnce(spawning: Spawning): Promise<Done> {
  const share = Math.ceil(PROGRAMS / AT_ONCE)
  await Promise.all(Array.from({ length: AT_ONCE }, () => oneByOne(spawning, share)))
  return { operations: share * AT_ONCE }
}

/** In bytes. */
async function through(spawning: Spawning): Promise<Done> {
  const back = await spawning.cat(CAT_BYTES)
  if (back !== CAT_BYTES) throw new Error(`${back} of ${CAT_BYTES} bytes came back`)
  return { operations: CAT_BYTES }
}

let idlers: Promise<unknown> | undefined

/** In milliseconds of the clock: the CPU of one is what the idle ones cost. */
async function idle(spawning: Spawning): Promise<Done> {
  idlers ??= Promise.all(Array.from({ length: IDLE }, () => spawning.sleep()))
  await idlers
  await new Promise((resolve) => setTimeout(resolve, IDLE_TIME))
  return { operations: IDLE_TIME }
}

/** The operations, each by one way of running programs. */
export function batchesOf(spawning: Spawning): Batches {
  const heldWith = (mebibytes: number) => {
    let ballast: Ballast | undefined
    return () => {
      ballast ??= new Ballast(mebibytes)
      return held(spawning)
    }
  }
  return {
    'held-0': heldWith(0),
    'held-200': heldWith(200),
    'held-800': heldWith(800),
    sequential: () => oneByOne(spawning),
    'at-once': () => atOnce(spawning),
    cat: () => through(spawning),
    idle: () => idle(spawning),
  }
}
