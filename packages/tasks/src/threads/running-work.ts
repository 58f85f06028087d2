import { AsyncVariable } from '../async-context.js'
import type { WorkOrder } from './work-state.js'

/** The call that a thread carries out, as its own code finds it. */
export interface RunningWork extends WorkOrder {
  /** Made when somebody asks for the signal. */
  controller?: AbortController
}

export const runningWork = new AsyncVariable<RunningWork>()
