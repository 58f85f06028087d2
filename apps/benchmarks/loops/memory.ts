// What tasks that sleep take: memory.js WHAT. Needs --expose-gc.
import { createTask, run, sleep } from '@tsyncio/tasks'

import { DAY, SLEEPERS } from './sizes.js'

function* sleeper() {
  yield* sleep(DAY)
}

async function asyncSleeper(): Promise<void> {
  await sleep(DAY)
}

async function promise(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, DAY))
}

const makers: Readonly<Record<string, () => unknown>> = {
  generators: () => createTask(sleeper),
  async: () => createTask(asyncSleeper),
  promises: promise,
}

interface Memory {
  /** Bytes of what JavaScript holds, garbage excluded. */
  readonly heap: number
  /** Bytes of the process. */
  readonly resident: number
}

async function memory(): Promise<Memory> {
  // What one look frees may free more at the next.
  for (let i = 0; i < 4; i++) {
    await new Promise(setImmediate)
    gc!()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, resident: rss }
}

/** So many that have fallen asleep. */
async function make(maker: () => unknown, count: number): Promise<unknown[]> {
  const made = Array.from({ length: count }, maker)
  for (let i = 0; i < 4; i++) await sleep(0)
  return made
}

async function main(): Promise<void> {
  const [what = ''] = process.argv.slice(2)
  const maker = makers[what]
  if (maker === undefined) throw new Error(`No sleepers "${what}" here`)
  await make(maker, 1000)
  const before = await memory()
  const tasks = await make(maker, SLEEPERS)
  const after = await memory()
  console.log(
    JSON.stringify({
      tasks: tasks.length,
      heap: after.heap - before.heap,
      resident: after.resident - before.resident,
    }),
  )
  process.exit()
}

await run(main)
