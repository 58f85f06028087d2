import { closeSync, openSync } from 'node:fs'
import {
  AF_UNIX,
  CLD_EXITED,
  encodePlan,
  memfdCreate,
  MSG_DONTWAIT,
  P_PIDFD,
  poll,
  POLLIN,
  send,
  SHUT_WR,
  shutdown,
  SOCK_SEQPACKET,
  socketpair,
  spawn,
  waitid,
  WEXITED,
  write,
} from '@tsyncio/syscalls'
import { expect } from 'vitest'

import { Opened } from './opened.js'
import { randomness } from './programs/fuzz/garbage.js'

type Random = ReturnType<typeof randomness>

const plan = encodePlan({ file: '/bin/sleep', args: ['sleep', '600'], stdio: [], env: {} }).bytes

const garbage = ({ below }: Random, most: number): Uint8Array =>
  Uint8Array.from({ length: below(most) }, () => below(256))

function somePlan(random: Random): Uint8Array {
  const flipped = Uint8Array.from(plan)
  // The words of the header; a byte of a path could make it another program's.
  flipped[random.below(14 * 4)] = random.below(256)
  return random.pick([
    plan,
    plan.subarray(0, random.below(plan.length)),
    Uint8Array.of(...plan, ...garbage(random, 40)),
    flipped,
    garbage(random, 200),
    new Uint8Array(0),
  ])
}

function someCommand(random: Random): Uint8Array {
  // No end of file, and no END: they come last.
  const one = Uint8Array.of(random.below(255))
  return random.pick([one, Uint8Array.of(1, ...garbage(random, 100)), one])
}

function start(
  opened: Opened,
  file: string,
  bytes: Uint8Array,
  env: Record<string, string>,
): [control: number, pidfd: number] {
  const [control, theirs] = opened.pair((out) => socketpair(AF_UNIX, SOCK_SEQPACKET, 0, out))
  const planFile = opened.fd(memfdCreate('plan', 0))
  write(planFile, bytes, 0, bytes.length)
  const program = openSync(file, 'r')
  const out = new Int32Array(2)
  const stdio = [theirs, program, planFile]
  expect(
    spawn({ file: '/proc/self/fd/1', args: ['guardian', '0'], env, stdio }, out),
  ).toBeGreaterThan(0)
  closeSync(program)
  opened.close(theirs)
  return [control, opened.fd(out[0]!)]
}

/** Starts a guardian with any plan, says anything to it, and leaves it; it must end well. */
export function feedGuardian(file: string, seed: number, env: Record<string, string> = {}): void {
  using opened = new Opened()
  const random = randomness(seed)
  const [control, pidfd] = start(opened, file, somePlan(random), env)
  for (let count = random.pick([0, 3, 2000]); count > 0; count--) {
    const command = someCommand(random)
    send(control, command, 0, command.length, MSG_DONTWAIT)
  }
  if (random.below(2) === 0) opened.close(control)
  else shutdown(control, SHUT_WR)
  expect(poll(Int32Array.of(pidfd, POLLIN), 1, 20_000), `seed ${seed} has no end`).toBe(1)
  const ended = new Int32Array(3)
  waitid(P_PIDFD, pidfd, ended, WEXITED)
  expect([ended[1], ended[2]! < 2], `the end of seed ${seed}`).toEqual([CLD_EXITED, true])
}
