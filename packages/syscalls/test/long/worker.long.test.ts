import { describe, it } from 'vitest'

import { terminateWorkers } from '../terminate-workers.js'

describe('a thousand workers', () => {
  it('are gone at once when they are terminated in the middle of a wait, and their fds with them', async () => {
    await terminateWorkers(1000)
  }, 600_000)
})
