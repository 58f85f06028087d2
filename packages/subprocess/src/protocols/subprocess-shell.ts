import type { Coroutine } from '@tsyncio/tasks'

import { requireText } from '../require-text.js'
import type { SubprocessOptions } from '../subprocess-options.js'
import { subprocessExec } from './subprocess-exec.js'
import type { SubprocessProtocol } from './subprocess-protocol.js'
import type { SubprocessTransport } from './subprocess-transport.js'

/**
 * As {@link subprocessExec}, for a command that `/bin/sh` carries out (asyncio's
 * `loop.subprocess_shell`): quoting is the shell's.
 *
 * @throws OSError as {@link subprocessExec}; what the shell does not find exits with 127.
 * @example
 * ```ts
 * import { getRunningLoop, run, subprocessShell } from 'tsyncio'
 *
 * await run(function* () {
 *   const ended = getRunningLoop().createFuture<void>()
 *   const protocol = {
 *     pipeDataReceived: (fd: number, data: Buffer) => console.log(fd, String(data).trim()),
 *     connectionLost: () => ended.setResult(),
 *   }
 *   yield* subprocessShell(() => protocol, 'echo "$((6 * 7))" >&2')
 *   yield* ended
 *   // 2 42
 * })
 * ```
 */
export function subprocessShell<P extends SubprocessProtocol>(
  factory: () => P,
  command: string,
  options: SubprocessOptions = {},
): Coroutine<[SubprocessTransport, P]> {
  requireText(command, 'the command')
  return subprocessExec(factory, '/bin/sh', ['-c', command], options)
}
