import { getRunningLoop } from '@tsyncio/loop'
import type { IPAddress } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'
import { lookupService } from 'node:dns/promises'

import { requireIPAddress } from './ip-address.js'
import { lookUp } from './look-up.js'

export interface NameInfoOptions {
  /** Whether to give the numbers as they are, without asking anybody. Default: false. */
  readonly numeric?: boolean | undefined
}

/** The names of an address and of its port; what has none is given as a number. */
export interface NameInfo {
  readonly host: string
  readonly service: string
}

function* naming({ address, port }: IPAddress, numeric: boolean): Gen<NameInfo> {
  if (numeric) return { host: address, service: String(port) }
  const loop = getRunningLoop()
  const { hostname, service } = yield* lookUp(loop, address, () => lookupService(address, port))
  return { host: hostname, service }
}

/**
 * What an address is called (asyncio's `loop.getnameinfo`). Cancelling ends the wait.
 *
 * @throws TypeError or RangeError if it is no IP address.
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
  { numeric = false }: NameInfoOptions = {},
): Coroutine<NameInfo> {
  requireIPAddress(address)
  return coroutine(naming(address, numeric))
}
