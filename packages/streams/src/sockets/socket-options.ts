import {
  getsockopt,
  IPPROTO_TCP,
  osError,
  setsockopt,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_SNDBUF,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
} from '@tsyncio/syscalls'

/** When the kernel asks a silent TCP peer whether it is still there (`tcp(7)`). */
export interface KeepAliveOptions {
  /** Milliseconds of silence before the first probe; rounded up to seconds. */
  readonly idle?: number
  /** Milliseconds between probes; rounded up to seconds. */
  readonly interval?: number
  /** How many unanswered probes end the connection. 1 to 127. */
  readonly count?: number
}

/** Options of a stream socket. Those that are left out stay as the kernel has them. */
export interface SocketOptions {
  /** Sends small writes at once (`TCP_NODELAY`). Connections are made with true. */
  readonly noDelay?: boolean
  /** Whether, or how, the peer is probed (`SO_KEEPALIVE`, `TCP_KEEP*`). */
  readonly keepAlive?: boolean | KeepAliveOptions
  /** Bytes that the kernel keeps to be sent (`SO_SNDBUF`); it takes twice as much. */
  readonly sendBufferSize?: number
  /** Bytes that the kernel keeps until they are read (`SO_RCVBUF`); it takes twice as much. */
  readonly receiveBufferSize?: number
  /** Milliseconds that sent bytes may go unacknowledged, before the connection ends; 0 for the
   * kernel's own limit (`TCP_USER_TIMEOUT`). */
  readonly userTimeout?: number
}

// What the kernel takes, in its own units (tcp(7)): a signed 16 bit number of seconds, a
// signed 8 bit number of probes, ints.
const mostSeconds = 32_767
const mostProbes = 127
const mostInt = 2 ** 31 - 1

function requireNumber(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined) return
  if (typeof value !== 'number')
    throw new TypeError(`Expected a number for ${name}, got ${typeof value}.`)
  if (!(value >= least && value <= most))
    throw new RangeError(`Expected ${name} from ${least} to ${most}, got ${value}.`)
}

function requireWhole(name: string, value: unknown, least: number, most: number): void {
  requireNumber(name, value, least, most)
  if (value !== undefined && !Number.isInteger(value))
    throw new RangeError(`Expected a whole number for ${name}, got ${value as number}.`)
}

function requireKeepAlive(keepAlive: unknown): void {
  if (keepAlive === undefined || typeof keepAlive === 'boolean') return
  if (typeof keepAlive !== 'object' || keepAlive === null) {
    throw new TypeError(
      `Expected a boolean or { idle, interval, count } for keepAlive, got ${typeof keepAlive}.`,
    )
  }
  const { idle, interval, count } = keepAlive as KeepAliveOptions
  requireNumber('keepAlive.idle', idle, 1, mostSeconds * 1000)
  requireNumber('keepAlive.interval', interval, 1, mostSeconds * 1000)
  requireWhole('keepAlive.count', count, 1, mostProbes)
}

/** @throws TypeError or RangeError if an option is not what it should be. */
export function requireSocketOptions(options: SocketOptions): void {
  const { noDelay, keepAlive, sendBufferSize, receiveBufferSize, userTimeout } = options
  if (noDelay !== undefined && typeof noDelay !== 'boolean')
    throw new TypeError(`Expected a boolean for noDelay, got ${typeof noDelay}.`)
  requireKeepAlive(keepAlive)
  requireWhole('sendBufferSize', sendBufferSize, 1, mostInt)
  requireWhole('receiveBufferSize', receiveBufferSize, 1, mostInt)
  requireWhole('userTimeout', userTimeout, 0, mostInt)
}

function set(fd: number, level: number, name: number, value: number | boolean | undefined): void {
  if (value === undefined) return
  const result = setsockopt(fd, level, name, Number(value))
  if (result < 0) throw osError(result, 'setsockopt')
}

function get(fd: number, level: number, name: number): number {
  const value = getsockopt(fd, level, name)
  if (value < 0) throw osError(value, 'getsockopt')
  return value
}

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : Math.ceil(milliseconds / 1000)

function setTcpOptions(fd: number, { noDelay, keepAlive, userTimeout }: SocketOptions): void {
  set(fd, IPPROTO_TCP, TCP_NODELAY, noDelay)
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeout)
  if (typeof keepAlive !== 'object') return
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds(keepAlive.idle))
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, seconds(keepAlive.interval))
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, keepAlive.count)
}

/**
 * Sets options of a socket; those of TCP only on a TCP socket. A connection inherits all
 * of them from the listening socket that it was accepted from.
 *
 * @throws OSError as `setsockopt(2)` fails.
 */
export function setSocketOptions(fd: number, isTcp: boolean, options: SocketOptions): void {
  const { keepAlive, sendBufferSize, receiveBufferSize } = options
  const isAlive = keepAlive === undefined ? undefined : keepAlive !== false
  set(fd, SOL_SOCKET, SO_SNDBUF, sendBufferSize)
  set(fd, SOL_SOCKET, SO_RCVBUF, receiveBufferSize)
  set(fd, SOL_SOCKET, SO_KEEPALIVE, isAlive)
  if (isTcp) setTcpOptions(fd, options)
}

/** The options that a socket has; those of TCP only on a TCP socket. */
export function socketOptionsOf(fd: number, isTcp: boolean): SocketOptions {
  const isAlive = get(fd, SOL_SOCKET, SO_KEEPALIVE) === 1
  const common = {
    sendBufferSize: get(fd, SOL_SOCKET, SO_SNDBUF),
    receiveBufferSize: get(fd, SOL_SOCKET, SO_RCVBUF),
  }
  if (!isTcp) return { ...common, keepAlive: isAlive }
  const keepAlive = isAlive && {
    idle: 1000 * get(fd, IPPROTO_TCP, TCP_KEEPIDLE),
    interval: 1000 * get(fd, IPPROTO_TCP, TCP_KEEPINTVL),
    count: get(fd, IPPROTO_TCP, TCP_KEEPCNT),
  }
  const noDelay = get(fd, IPPROTO_TCP, TCP_NODELAY) !== 0
  return { ...common, noDelay, keepAlive, userTimeout: get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) }
}
