import { OSError } from '@tsyncio/syscalls'
import { EpollSelector } from './epoll-selector.js'
import { PollSelector } from './poll-selector.js'
import { SelectSelector } from './select-selector.js'
import type { Selector } from './selector.js'

const backends = { epoll: EpollSelector, poll: PollSelector, select: SelectSelector } as const

type Backend = keyof typeof backends

function forcedBackend(): Backend | undefined {
  const name = (globalThis.process as NodeJS.Process | undefined)?.env?.['TSYNCIO_SELECTOR']
  if (name === undefined || name === '') return undefined
  if (Object.hasOwn(backends, name)) return name as Backend
  throw new RangeError(
    `TSYNCIO_SELECTOR must be select, poll or epoll: got ${JSON.stringify(name)}`,
  )
}

// An old kernel lacks the call; a sandbox may forbid it.
function isMissing(failure: unknown): boolean {
  return failure instanceof OSError && (failure.code === 'ENOSYS' || failure.code === 'EPERM')
}

function firstThatWorks(): Selector {
  for (const Backend of [EpollSelector, PollSelector]) {
    try {
      return new Backend()
    } catch (failure) {
      if (!isMissing(failure)) throw failure
    }
  }
  return new SelectSelector()
}

function choose(): Selector {
  const forced = forcedBackend()
  return forced === undefined ? firstThatWorks() : new backends[forced]()
}

class Choice {
  constructor() {
    return choose()
  }
}

export type DefaultSelector<Data = unknown> = Selector<Data>

/**
 * Makes the best selector there is: epoll, else poll, else select, each tried by
 * making one. The environment variable `TSYNCIO_SELECTOR` (`select`, `poll` or
 * `epoll`), read at this moment, takes the choice away.
 *
 * @throws RangeError if that variable has another value.
 * @throws UnsupportedError where there are no system calls: a browser, say.
 *
 * @example
 * ```ts
 * import { DefaultSelector } from '@tsyncio/selectors'
 *
 * using selector = new DefaultSelector()
 * console.log(selector.select(10)) // []
 * ```
 */
export const DefaultSelector = Choice as unknown as new <Data = unknown>() => Selector<Data>
