/** A TCP address. Names are looked up; numeric addresses are taken as they are. */
export interface HostPlace {
  /** Default: this machine for a client, every interface for a server. */
  readonly host?: string
  /** 0 lets the system choose a server's port. */
  readonly port: number
}

/** A Unix socket: a path, or an abstract name, which begins with `\0`. */
export interface PathPlace {
  readonly path: string
}

/** Where to connect to, or to listen. */
export type Place = HostPlace | PathPlace

/** @throws TypeError or RangeError if `place` is no place. */
export function requirePlace(place: Place): void {
  if (typeof place !== 'object' || place === null) {
    throw new TypeError(`Expected { host, port } or { path }, got ${String(place)}.`)
  }
  const { host, port, path } = place as Partial<HostPlace & PathPlace>
  if (path !== undefined) {
    if (host !== undefined || port !== undefined) {
      throw new TypeError('Expected either { host, port } or { path }, got both.')
    }
    if (typeof path !== 'string') throw new TypeError(`Expected a path, got ${typeof path}.`)
    if (path === '') throw new RangeError('Expected the path of a Unix socket, got an empty one.')
    return
  }
  if (host !== undefined && typeof host !== 'string') {
    throw new TypeError(`Expected a host name, got ${typeof host}.`)
  }
  if (typeof port !== 'number') throw new TypeError(`Expected a port, got ${typeof port}.`)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Expected a port from 0 to 65535, got ${port}.`)
  }
}
