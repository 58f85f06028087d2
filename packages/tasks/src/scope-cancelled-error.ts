import { CancelledError } from '@tsyncio/loop'

import type { CancelScope } from './cancel-scope.js'

/**
 * What a cancelled {@link CancelScope} throws at the waits inside it: a CancelledError
 * that says whose it is. Only that scope catches it.
 */
export class ScopeCancelledError extends CancelledError {
  readonly scope: CancelScope

  constructor(scope: CancelScope, message?: string) {
    super(message)
    this.scope = scope
  }
}
