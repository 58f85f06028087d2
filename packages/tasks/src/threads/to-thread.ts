import { coroutine, type Coroutine, type Gen } from '../coroutine.js'
import { runInExecutor } from './run-in-executor.js'
import {
  requireExport,
  type ThreadArguments,
  type ThreadExport,
  type ThreadModule,
  type ThreadResult,
} from './thread-module.js'

function* inThread<M, N extends ThreadExport<M>>(
  module: ThreadModule<M>,
  name: N,
  args: ThreadArguments<M, N>,
): Gen<ThreadResult<M, N>> {
  return yield* runInExecutor(null, module, name, ...args)
}

/**
 * Calls the function `name` that `module` exports in another thread, and waits for its
 * result: for work that would hold up this one. A function itself does not cross threads;
 * arguments and result are cloned (a class instance becomes a plain object, a Buffer a
 * Uint8Array), or moved if they are marked with {@link transfer}.
 *
 * The type of `module` may say what it exports ({@link ThreadModule}), or the call does:
 * `toThread<typeof import('./work.js')>(url, 'name', ...args)`.
 *
 * Cancelling ends the wait. The call is dropped if it has not begun; if it has, the thread
 * goes on, and the function finds its {@link threadSignal} aborted.
 *
 * @throws what the function threw, with its name, message, stack, code and other properties,
 *   as an instance of the same built-in class; {@link ModuleLoadError},
 *   {@link MissingExportError}, {@link UncloneableError}, {@link ThreadDiedError}.
 * @example
 * ```ts
 * import { run, toThread, type ThreadModule } from 'tsyncio'
 *
 * const crypto: ThreadModule<typeof import('node:crypto')> = new URL('node:crypto')
 * const key = await run(() => toThread(crypto, 'pbkdf2Sync', 'secret', 'salt', 10_000, 4, 'sha256'))
 * console.log(key.length) // 4
 * ```
 */
export function toThread<M = unknown, N extends ThreadExport<M> = ThreadExport<M>>(
  module: ThreadModule<M>,
  name: N,
  ...args: ThreadArguments<M, N>
): Coroutine<ThreadResult<M, N>> {
  requireExport(module, name)
  return coroutine(inThread(module, name, args))
}
