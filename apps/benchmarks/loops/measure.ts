/** Does its work once and says how many operations that was. */
export type Batch = () => number | Promise<number>

/** Batches before the clock starts: the compiler has seen them by then. */
const WARM_SHARE = 0.25

async function repeat(batch: Batch, seconds: number): Promise<number> {
  let operations = 0
  const end = performance.now() + seconds * 1000
  do operations += await batch()
  while (performance.now() < end)
  return operations
}

/**
 * The command line of a contender: `PROGRAM OPERATION SECONDS` repeats the batch of that
 * name for so long and prints how many operations there were and what they cost, in
 * nanoseconds of this process's CPU and of the clock.
 */
export async function measure(batches: Readonly<Record<string, Batch>>): Promise<void> {
  const [operation = '', seconds] = process.argv.slice(2)
  const batch = batches[operation]
  if (batch === undefined) throw new Error(`No operation "${operation}" here`)
  await repeat(batch, Number(seconds) * WARM_SHARE)
  const cpu = process.cpuUsage()
  const wall = process.hrtime.bigint()
  const operations = await repeat(batch, Number(seconds))
  const spent = process.cpuUsage(cpu)
  console.log(
    JSON.stringify({
      operations,
      cpu: (spent.user + spent.system) * 1000,
      wall: Number(process.hrtime.bigint() - wall),
    }),
  )
}
