import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  getsockopt,
  osError,
  SO_DOMAIN,
  SOL_SOCKET,
} from '@tsyncio/syscalls'

/** The families that addresses have here. */
export type SocketFamily = 'IPv4' | 'IPv6' | 'Unix'

const names: Record<number, SocketFamily> = {
  [AF_INET]: 'IPv4',
  [AF_INET6]: 'IPv6',
  [AF_UNIX]: 'Unix',
}

/** @throws OSError if the fd is no open socket; TypeError if it is of another family. */
export function socketFamily(fd: number): SocketFamily {
  const domain = getsockopt(fd, SOL_SOCKET, SO_DOMAIN)
  if (domain < 0) throw osError(domain, 'getsockopt')
  const name = names[domain]
  if (name === undefined) throw new TypeError(`fd ${fd} is a socket of family ${domain}.`)
  return name
}
