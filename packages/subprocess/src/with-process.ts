import { coroutine, using, type Coroutine, type Gen, type Out, type Started } from '@tsyncio/tasks'

import { createSubprocessExec } from './create-subprocess-exec.js'
import type { Process } from './process.js'
import type { SubprocessOptions } from './subprocess-options.js'

function* scoped<S extends Started>(
  creation: Coroutine<Process>,
  body: (process: Process) => S,
): Gen<Out<S>> {
  return yield* using(yield* creation, body)
}

/**
 * Runs `body` with a process, and ends that as `close()` does, however the body ends: by
 * returning, by an error, by a cancellation or a timeout around it. Gives what the body
 * gives. A process for a task of a group is `group.createTask(withProcess(...))`.
 *
 * Cancelled while the process ends politely, kills it at once.
 *
 * @throws OSError as {@link createSubprocessExec} does; what the body threw.
 * @example
 * ```ts
 * import { run, withProcess } from 'tsyncio'
 *
 * const options = { stdout: 'pipe', tree: true } as const
 * const line = withProcess('sh', ['-c', 'echo up; exec sleep 60'], options, function* (server) {
 *   return yield* server.stdout!.readLine()
 * })
 * console.log(String(await run(line)).trim()) // up
 * ```
 */
export function withProcess<S extends Started>(
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
  body: (process: Process) => S,
): Coroutine<Out<S>> {
  if (typeof body !== 'function') throw new TypeError(`Expected a function, got ${typeof body}.`)
  return coroutine(scoped(createSubprocessExec(program, args, options), body))
}
