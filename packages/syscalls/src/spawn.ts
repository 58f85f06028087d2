import { checked } from './checked.js'
import { encodePlan } from './encode-plan.js'
import { addon } from './load-addon.js'
import type { SpawnSpec } from './spawn-spec.js'

const SIGNATURE = 'spawn(plan, fds, out)'

/**
 * Starts a program, without copying this process's memory: the calling thread stands
 * still until the program runs or could not be started. The child has default signal
 * dispositions, an empty signal mask, and no fd but those of `stdio` and `fds`.
 *
 * @param out `out[0]` takes a pidfd (-1 on Linux before 5.2); on failure `out[1]` is the
 * index in {@link spawnSteps} of the step that failed.
 * @returns the pid, or `-errno`, and then nothing is left of the child. Whoever spawns
 * must wait: `waitid(P_PIDFD, pidfd, ...)`.
 * @throws TypeError for what is no string or contains a NUL, RangeError for what is no fd.
 *
 * @example
 * ```ts
 * import { close, P_PIDFD, spawn, waitid, WEXITED } from '@tsyncio/syscalls'
 *
 * const out = new Int32Array(2)
 * const pid = spawn({ file: 'test', args: ['test', 'a', '=', 'a'], stdio: [0, 1, 2] }, out)
 * const ended = new Int32Array(3)
 * waitid(P_PIDFD, out[0]!, ended, WEXITED)
 * close(out[0]!)
 * console.log(pid === ended[0], ended[2]) // true 0
 * ```
 */
export function spawn(spec: SpawnSpec, out: Int32Array): number {
  const { bytes, fds } = encodePlan(spec)
  return checked(addon.spawn(bytes, fds, out), SIGNATURE)
}
