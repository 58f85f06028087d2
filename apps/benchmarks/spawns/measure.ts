/** What a batch came to. */
export interface Done {
  readonly operations: number
  /** Milliseconds for which the thread could do nothing else, where that is the question. */
  readonly held?: number
}

/**
 * The command line of a contender: `PROGRAM OPERATION SECONDS` repeats the batch of that
 * name for so long, after one that is not counted, and prints in nanoseconds what it cost:
 * of this process's CPU, of the clock, and of the thread.
 */
export async function measure(
  batches: Readonly<Record<string, () => Promise<Done>>>,
): Promise<void> {
  const [operation = '', seconds] = process.argv.slice(2)
  const batch = batches[operation]
  if (batch === undefined) throw new Error(`No operation "${operation}" here`)
  await batch()
  const total = { operations: 0, held: 0 }
  const cpu = process.cpuUsage()
  const start = performance.now()
  do {
    const { operations, held = 0 } = await batch()
    total.operations += operations
    total.held += held
  } while (performance.now() < start + Number(seconds) * 1000)
  const wall = performance.now() - start
  const spent = process.cpuUsage(cpu)
  console.log(
    JSON.stringify({
      operations: total.operations,
      cpu: (spent.user + spent.system) * 1e3,
      wall: wall * 1e6,
      held: total.held * 1e6,
    }),
  )
  process.exit()
}
