import { getRunningLoop } from '@tsyncio/loop'
import type { IPAddress } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'
import { lookupService } from 'node:dns/promises'

import { requireIPAddress } from './ip-address.js'
import { lookUp } from './look-up.js'

export interface NameInfoOptions {
  /**
   * Which numbers to give as they are: those of the host, of the service, or both (true), which
   * asks nobody. Default: false.
   */
  readonly numeric?: boolean | 'host' | 'service' | undefined
  /** Whether an address without a name is an error (ENOTFOUND). Default: it is its own name. */
  readonly nameRequired?: boolean | undefined
}

/** The names of an address and of its port; what has none is given as a number. */
export interface NameInfo {
  readonly host: string
  readonly service: string
}

function* named(address: string, port: number): Gen<NameInfo> {
  const loop = getRunningLoop()
  const { hostname, service } = yield* lookUp(loop, address, () => lookupService(address, port))
  return { host: hostname, service }
}

function hasNoName(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOTFOUND'
}

// Node asks for a service together with a host, and requires a name of that: this one has one.
function* namedService(port: number): Gen<string> {
  return (yield* named('127.0.0.1', port)).service
}

function* naming({ address, port }: IPAddress, options: NameInfoOptions): Gen<NameInfo> {
  const { numeric = false, nameRequired = false } = options
  if (numeric === true) return { host: address, service: String(port) }
  if (numeric === 'host') return { host: address, service: yield* namedService(port) }
  try {
    const names = yield* named(address, port)
    return numeric === 'service' ? { ...names, service: String(port) } : names
  } catch (error) {
    if (nameRequired || !hasNoName(error)) throw error
  }
  return {
    host: address,
    service: numeric === 'service' ? String(port) : yield* namedService(port),
  }
}

function requireOptions({ numeric, nameRequired }: NameInfoOptions): void {
  if (![undefined, true, false, 'host', 'service'].includes(numeric))
    throw new TypeError(
      `Expected numeric true, false, 'host' or 'service', got ${String(numeric)}.`,
    )
  if (nameRequired !== undefined && typeof nameRequired !== 'boolean')
    throw new TypeError(`Expected nameRequired true or false, got ${String(nameRequired)}.`)
  if (nameRequired === true && (numeric === true || numeric === 'host'))
    throw new TypeError('A name cannot be required of a host that is to be given as a number.')
}

/**
 * What an address is called (asyncio's `loop.getnameinfo`; getnameinfo(3)). What has no name
 * is given as a number. Cancelling ends the wait.
 *
 * @throws TypeError or RangeError if it is no IP address, or the options are none.
 * @example
 * ```ts
 * import { getNameInfo } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(function* () {
 *   const address = { family: 'IPv4', address: '127.0.0.1', port: 80 } as const
 *   console.log(yield* getNameInfo(address, { numeric: true })) // { host: '127.0.0.1', service: '80' }
 * })
 * ```
 */
export function getNameInfo(
  address: IPAddress,
  options: NameInfoOptions = {},
): Coroutine<NameInfo> {
  requireIPAddress(address)
  requireOptions(options)
  return coroutine(naming(address, options))
}
