import type { EventLoop } from '@tsyncio/loop'
import {
  AF_UNIX,
  close,
  osError,
  SOCK_SEQPACKET,
  socketpair,
  spawn,
  spawnSteps,
  type EncodedPlan,
} from '@tsyncio/syscalls'

import { Guardian, type GuardianListener } from './guardian.js'
import { guardianProgram } from './guardian-program.js'
import { memoryFile } from './memory-file.js'

const executing = 'execve'

interface Parts {
  readonly plan: EncodedPlan
  readonly planFile: number
  readonly control: number
}

/** What the guardian has: the target's fds, then the socket, itself, and the plan. */
function spawnGuardian({ plan, planFile, control }: Parts): [pid: number, pidfd: number] {
  const count = plan.fds.length
  const out = new Int32Array(2)
  for (;;) {
    const spec = {
      file: `/proc/self/fd/${count + 1}`,
      args: ['tsyncio-guardian', String(count)],
      env: {},
      stdio: [...plan.fds, control, guardianProgram.fd, planFile],
    }
    const pid = spawn(spec, out)
    const [pidfd, step] = out as unknown as [number, number]
    if (pid >= 0) return [pid, pidfd]
    const name = spawnSteps[step] as string
    const error = osError(pid, `spawn ${name}`, name === executing ? { path: 'guardian' } : {})
    if (name !== executing || !guardianProgram.refused(error)) throw error
  }
}

function socketPair(): [ours: number, theirs: number] {
  const ends = new Int32Array(2)
  const result = socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends)
  if (result < 0) throw osError(result, 'socketpair')
  return [...ends] as [number, number]
}

/**
 * Starts a guardian, which starts what the plan says and tells the listener. Whatever ends
 * this process afterwards closes our end of the socket, and so ends the tree.
 *
 * @throws OSError, and then nothing is left.
 */
export function launchGuardian(
  loop: EventLoop,
  plan: EncodedPlan,
  listener: GuardianListener,
): Guardian {
  const [ours, theirs] = socketPair()
  let planFile = -1
  try {
    planFile = memoryFile('tsyncio-plan', plan.bytes, false)
    const [pid, pidfd] = spawnGuardian({ plan, planFile, control: theirs })
    return new Guardian(loop, pid, pidfd, ours, listener)
  } catch (error) {
    close(ours)
    throw error
  } finally {
    close(theirs)
    if (planFile >= 0) close(planFile)
  }
}
