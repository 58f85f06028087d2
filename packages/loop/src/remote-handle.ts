import type { MessagePort } from 'node:worker_threads'

/**
 * What a loop gives to a worker thread so that it can be called from there: plain data,
 * to be posted with `[handle.port]` as the transfer list.
 */
export interface RemoteHandle {
  readonly port: MessagePort
  /** An eventfd of the loop, or -1 where there are none. */
  readonly wakeFd: number
  readonly gate: Int32Array
}
