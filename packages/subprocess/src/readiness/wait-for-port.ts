import { openConnection, type Connection, type Place } from '@tsyncio/streams'
import { OSError } from '@tsyncio/syscalls'
import { abortable, coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { poll, type Condition } from './poll.js'
import { requireReadinessOptions, type ReadinessOptions } from './readiness-options.js'

function describePlace(place: Place): string {
  if ('path' in place) return `the Unix socket ${place.path.replace('\0', '@')}`
  return `port ${place.port} of ${place.host ?? 'this machine'}`
}

/** Somebody who accepts connections. */
class Listening implements Condition {
  readonly what: string
  readonly #place: Place
  #connecting: Coroutine<Connection> | undefined
  cause: unknown

  /** @throws TypeError or RangeError if that is no place. */
  constructor(place: Place) {
    this.#connecting = openConnection(place)
    this.#place = place
    this.what = `somebody accepted connections at ${describePlace(place)}`
  }

  *isMet(): Gen<boolean> {
    const connecting = this.#connecting ?? openConnection(this.#place)
    this.#connecting = undefined
    try {
      const { writer } = yield* connecting
      writer.transport.abort()
      yield* writer.waitClosed()
      return true
    } catch (error) {
      if (!(error instanceof OSError)) throw error
      this.cause = error
      return false
    }
  }
}

/**
 * Waits until somebody accepts connections at a TCP port or a Unix socket. It is tried
 * after pauses that grow from 10 to 250 ms; each try is a connection that is closed at once.
 *
 * @throws TimeoutError if the time is up, with the last failure as its `cause`;
 *   NotReadyError if the `process` has ended before.
 * @example
 * ```ts
 * import { createSubprocessExec, run, waitForPort } from 'tsyncio'
 *
 * const script = `require('net').createServer().listen('/tmp/ready-' + process.pid)`
 * await run(async () => {
 *   await using server = await createSubprocessExec(process.execPath, ['-e', script])
 *   await waitForPort({ path: `/tmp/ready-${server.pid}` }, { process: server })
 *   console.log('ready') // ready
 * })
 * ```
 */
export function waitForPort(place: Place, options: ReadinessOptions = {}): Coroutine<void> {
  requireReadinessOptions(options)
  return coroutine(abortable(options.signal, poll(new Listening(place), options)))
}
