import { SeededRandom } from '@tsyncio/streams/testing/vitest'

/** One step of the peer: the name of a method of peer.py, and its arguments. */
export type Step = readonly [name: string, ...args: (string | number)[]]
/** What the peer does in one connection. */
export type Script = readonly Step[]

const say = (text: string): Step => ['say', text]
const report = (count: number): Script => [say(`report ${count}\n`), ['hear_all']]
const ending: readonly Step[][] = [[['half_close'], ['hear_all']], [['reset']], []]

/** Partial writes, pauses until something has come back, and each way to end. */
function* echoes(): Generator<Script> {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new SeededRandom(seed)
    const steps: Step[] = [say('echo\n')]
    for (let i = random.size(8); i > 0; i--) {
      const count = random.size(60_000)
      steps.push(['send', count, Math.max(random.size(count), count >> 6)], ['hear', count])
    }
    const [end] = [random.pick(ending)]
    yield [...steps, ...end]
    yield report(1)
  }
}

const both: Script[] = [
  // Half-closed at once, and after much.
  [say('echo\n'), ['half_close'], ['hear_all']],
  report(1),
  [say('echo\n'), say('x'), ['half_close'], ['hear_all']],
  report(1),
  [say('count\n'), ['send', 2_000_000, 30_000], ['half_close'], ['hear_all']],
  report(1),
  [say('count\n'), ['half_close'], ['hear_all']],
  report(1),
  // Floods: taken in full, in part and then reset, or left alone.
  [say('flood 60\n'), ['hear_all'], ['half_close']],
  report(1),
  [say('flood 200\n'), ['hear', 1000], ['reset']],
  report(1),
  [say('flood 200\n'), ['hear', 100_000], ['hear', 100_000], ['hear_all'], ['half_close']],
  report(1),
  // Ended by the server.
  [say('abort\n'), ['hear_all']],
  report(1),
  [say('close 3\n'), ['hear_all']],
  report(1),
  // More than the kernel takes, so that some of it is left when the reset comes.
  [say('close 60\n'), ['hear', 10], ['reset']],
  report(1),
  // Reset before anything, in the middle of a piece, and while half closed.
  [say('echo\n'), say('x'), ['hear', 1], ['reset']],
  report(1),
  [say('count\n'), ['send', 100_000, 1000], ['reset']],
  report(1),
]

const linesOf = (count: number): string =>
  Array.from({ length: count }, (_, i) => `line ${i}\n`).join('')

const streamsOnly: Script[] = [
  [say('lines\n'), say(linesOf(2000)), ['hear', 10], ['half_close'], ['hear_all']],
  report(1),
  [say('lines\n'), say('no newline'), ['half_close'], ['hear_all']],
  report(1),
  [say('lines\n'), say('a\n'), ['hear', 4], say('b'), say('\n\n'), ['hear', 7], ['reset']],
  report(1),
  [say('exactly 10\n'), say('12345'), say('67890'), ['hear_all']],
  report(1),
  [say('exactly 10\n'), say('12345'), ['half_close'], ['hear_all']],
  report(1),
  [say('exactly 0\n'), ['hear_all']],
  report(1),
  [say('until\n'), say('a-'), say('-b--'), ['hear_all']],
  report(1),
  [say('until\n'), say('a--bc-'), ['half_close'], ['hear_all']],
  report(1),
  [say('until\n'), say('a--'), ['half_close'], ['hear_all']],
  report(1),
  [say('late\n'), ['hear_all'], ['half_close']],
  report(1),
  // A line longer than the limit: the server gives up. All of it is sent before it does.
  [say('lines\n'), say('x'.repeat(70_000)), ['half_close'], ['hear_all']],
  report(1),
  ...[1, 2, 3].map((): Script => [say('echo\n'), say('x'), ['hear', 1]]),
  report(3),
]

export const protocolScripts: readonly Script[] = [...echoes(), ...both]
export const streamsScripts: readonly Script[] = [...echoes(), ...both, ...streamsOnly]
