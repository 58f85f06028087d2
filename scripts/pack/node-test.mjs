// A test of a user's, under Node's own runner: no other is installed.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { getRunningLoop, sleep } from 'tsyncio'
import { runVirtual } from 'tsyncio/testing'

test('an hour passes', () =>
  runVirtual(async () => {
    await sleep(3_600_000)
    assert.equal(getRunningLoop().time(), 3_600_000)
  }))
