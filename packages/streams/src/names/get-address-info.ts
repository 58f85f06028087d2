import { getRunningLoop } from '@tsyncio/loop'
import type { IPAddress } from '@tsyncio/syscalls'
import { coroutine, type Coroutine, type Gen } from '@tsyncio/tasks'

import { requirePlace } from './place.js'
import { requireResolve, resolveHost, type ResolveOptions } from './resolve.js'

export interface AddressInfoOptions extends ResolveOptions {
  /** Whether the empty host means every interface, for who listens, and not the loopback. */
  readonly passive?: boolean | undefined
  /** Whether a name, but `localhost`, is an error (ENOTFOUND) at once. Default: false. */
  readonly numeric?: boolean | undefined
}

const nobody = () => Promise.resolve([])

function* resolving(host: string, port: number, options: AddressInfoOptions): Gen<IPAddress[]> {
  const purpose = options.passive === true ? 'listen' : 'connect'
  const lookup = options.numeric === true ? nobody : options.lookup
  return yield* resolveHost(getRunningLoop(), host, port, purpose, { ...options, lookup })
}

/**
 * The addresses that a host has, in the order in which to try them, each with `port`
 * (asyncio's `loop.getaddrinfo`). Numeric addresses and `localhost` are not looked up.
 * Cancelling ends the wait; a question that waits in line is not asked any more.
 *
 * @throws Error with the code `ENOTFOUND`, as Node's resolver does, if there is none.
 * @example
 * ```ts
 * import { getAddressInfo } from '@tsyncio/streams'
 * import { run } from '@tsyncio/tasks'
 *
 * await run(async () => {
 *   const [first] = await getAddressInfo('localhost', 80, { family: 'IPv6' })
 *   console.log(first) // { family: 'IPv6', address: '::1', port: 80 }
 * })
 * ```
 */
export function getAddressInfo(
  host: string,
  port: number,
  options: AddressInfoOptions = {},
): Coroutine<IPAddress[]> {
  requirePlace({ host, port })
  requireResolve(options)
  return coroutine(resolving(host, port, options))
}
