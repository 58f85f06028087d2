import type { MessagePort } from 'node:worker_threads'

import type { CarriedError } from './carried-error.js'

/** How far a call in a thread has come: one word that both threads see. */
export const WorkPhase = { waiting: 0, running: 1, withdrawn: 2, cancelled: 3 } as const

/** What a thread gets for each call. The {@link WorkRequest} is waiting in the port. */
export interface WorkOrder {
  readonly phase: Int32Array
  readonly port: MessagePort
}

/** What is to be called. */
export interface WorkRequest {
  readonly url: string
  readonly name: string
  readonly args: readonly unknown[]
}

/** How the call ended. */
export type WorkReply =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: CarriedError }
  | { readonly kind: 'unloadable'; readonly error: CarriedError }
  | { readonly kind: 'missing'; readonly functions: readonly string[] }
  | { readonly kind: 'uncloneable'; readonly reason: string }

/** Sent to a call that runs when nobody waits for it any more. */
export interface WorkCancellation {
  readonly message: string | undefined
}
