import type { CommandLine } from './command-line.js'
import { CONTENDER_CORE, GENERATOR_CORE } from './pinned.js'
import { MOST_GENERATOR_SHARE } from './refusal.js'

/** Seconds a side below which figures prove only that the harness works. */
export const LEAST_SECONDS = 20

/** How the figures were made, for whoever reads them later. */
export function method({ benchmark, seconds, rounds, warm }: CommandLine): string[] {
  const measured =
    `${rounds} interleaved rounds of ${seconds} s after a warm-up; every contender in a fresh ` +
    `process pinned to core ${CONTENDER_CORE}; medians; ratios round by round`
  const short =
    seconds * rounds < LEAST_SECONDS
      ? [`SHORT RUN, ${seconds * rounds} s a side of at least ${LEAST_SECONDS}: not to be cited`]
      : []
  if (benchmark === 'loop') {
    return [
      measured,
      'nanoseconds of the process’s own CPU, all its threads',
      'memory: what 100,000 sleeping tasks add to the heap, garbage excluded, and to the process',
      ...short,
    ]
  }
  if (benchmark === 'spawn') {
    return [
      `${measured}; the children run on the same core, but for cat`,
      'thread held: from the call until it has given the process; own CPU: without the children’s',
      ...short,
    ]
  }
  return [
    `${measured}; warm-up ${warm} s`,
    `load by a C program pinned to core ${GENERATOR_CORE}, which compares every byte`,
    `a round counts while the generator needs at most ${MOST_GENERATOR_SHARE * 100} % of its core; it ` +
      'naps before that, so req/s and latencies of a server that made it nap are not its limits',
    'CPU is the server’s own, all its threads, from /proc/PID/stat, per request',
    ...short,
  ]
}
