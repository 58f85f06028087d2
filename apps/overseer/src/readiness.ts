import { openConnection, OSError, sleep, timeout, type Gen } from 'tsyncio'

const firstPause = 25
const longestPause = 500
// Whoever does not listen by now, such as a worker, is not going to.
const patience = 60_000

function* connects(port: number): Gen<boolean> {
  try {
    const { writer } = yield* openConnection({ host: 'localhost', port })
    writer.close()
    return true
  } catch (error) {
    if (error instanceof OSError) return false
    throw error
  }
}

function* untilConnected(port: number): Gen<void> {
  for (let pause = firstPause; !(yield* connects(port));) {
    yield* sleep(pause)
    pause = Math.min(2 * pause, longestPause)
  }
}

/**
 * Waits until somebody accepts connections at a port of this machine.
 *
 * @throws TimeoutError after a minute.
 */
export function* untilReady(port: number): Gen<void> {
  yield* timeout(patience, () => untilConnected(port))
}
