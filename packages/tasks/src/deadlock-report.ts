import type { Future } from '@tsyncio/loop'

import { describeWaits } from './describe-waits.js'

/** Why a future can never be done: who waits for whom, and where. */
export function describeDeadlock(future: Future): string {
  const why = 'nothing is ready, no timer runs and no fd is watched.'
  return `${future.toString()} can never be done: ${why}\n${describeWaits(future.getLoop())}`
}
