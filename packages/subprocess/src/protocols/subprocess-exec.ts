import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { createSubprocessExec } from '../create-subprocess-exec.js'
import { requireCommand } from '../require-command.js'
import { endAll } from '../running/supervise.js'
import { requireOptions, type SubprocessOptions } from '../subprocess-options.js'
import type { SubprocessProtocol } from './subprocess-protocol.js'
import { SubprocessTransport } from './subprocess-transport.js'

const piped = { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' } as const

function* connecting<P extends SubprocessProtocol>(
  factory: () => P,
  program: string,
  args: readonly string[],
  options: SubprocessOptions,
): Gen<[SubprocessTransport, P]> {
  const protocol = factory()
  const process = yield* createSubprocessExec(program, args, { ...piped, ...options })
  const transport = new SubprocessTransport(process, protocol)
  try {
    yield* transport.made()
  } catch (error) {
    transport.close()
    yield* endAll([process], 0)
    throw error
  }
  return [transport, protocol]
}

function requireFactory(factory: unknown): void {
  if (typeof factory === 'function') return
  throw new TypeError(`Expected a function that makes a protocol, got ${typeof factory}.`)
}

/**
 * Starts a program for a protocol of `factory` (asyncio's `loop.subprocess_exec`): for
 * those who want callbacks. {@link createSubprocessExec} is the same with streams. Stdin,
 * stdout and stderr are pipes unless the options say otherwise.
 *
 * Cancelled before the protocol knows the process, kills and reaps it.
 *
 * @throws OSError as {@link createSubprocessExec}.
 * @example
 * ```ts
 * import { getRunningLoop, run, subprocessExec, type SubprocessProtocol } from 'tsyncio'
 *
 * class Shout implements SubprocessProtocol {
 *   readonly ended = getRunningLoop().createFuture<void>()
 *
 *   pipeDataReceived(fd: number, data: Buffer): void {
 *     console.log(fd, String(data).trim().toUpperCase()) // 1 HELLO
 *   }
 *
 *   connectionLost(): void {
 *     this.ended.setResult()
 *   }
 * }
 *
 * await run(async () => {
 *   const [transport, protocol] = await subprocessExec(() => new Shout(), 'echo', ['hello'])
 *   await protocol.ended
 *   console.log(transport.getReturncode()) // 0
 * })
 * ```
 */
export function subprocessExec<P extends SubprocessProtocol>(
  factory: () => P,
  program: string,
  args: readonly string[] = [],
  options: SubprocessOptions = {},
): Coroutine<[SubprocessTransport, P]> {
  requireFactory(factory)
  requireCommand(program, args)
  requireOptions(options)
  return coroutine(connecting(factory, program, [...args], options))
}
