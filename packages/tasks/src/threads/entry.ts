// What the threads of a pool run. It imports little: a thread starts in the time that its
// modules take.
import { packError } from './carried-error.js'
import { runningWork } from './running-work.js'
import { transfersOf } from './transfer.js'
import { WorkPhase, type WorkOrder, type WorkReply, type WorkRequest } from './work-state.js'

const { receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads')

type Exports = Record<string, unknown> & { default?: unknown }

/** Carries out one call; everything about it, even its result, goes through its port. */
export async function carryOut({ phase, port }: WorkOrder): Promise<void> {
  const before = Atomics.compareExchange(phase, 0, WorkPhase.waiting, WorkPhase.running)
  if (before !== WorkPhase.waiting) return port.close()
  const { message } = receiveMessageOnPort(port) as { message: WorkRequest }
  const reply = await runningWork.run({ phase, port }, () => call(message))
  try {
    const moved = reply.kind === 'value' ? transfersOf([reply.value]) : []
    port.postMessage(reply, moved)
  } catch (error) {
    port.postMessage({ kind: 'uncloneable', reason: (error as Error).message } satisfies WorkReply)
  }
  port.close()
}

async function call({ url, name, args }: WorkRequest): Promise<WorkReply> {
  let exports: Exports
  try {
    exports = (await import(url)) as Exports
  } catch (error) {
    return { kind: 'unloadable', error: packError(error) }
  }
  const found = exports[name] ?? (exports.default as Exports | undefined)?.[name]
  if (typeof found !== 'function') return { kind: 'missing', functions: functionsOf(exports) }
  try {
    return { kind: 'value', value: await (found as (...args: unknown[]) => unknown)(...args) }
  } catch (error) {
    return { kind: 'error', error: packError(error) }
  }
}

function functionsOf(exports: Exports): string[] {
  return Object.keys(exports).filter((name) => typeof exports[name] === 'function')
}
