import type { EventLoop } from '@tsyncio/loop'
import {
  bind,
  close,
  EADDRINUSE,
  encodeAddress,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  listen,
  osError,
  setsockopt,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOL_SOCKET,
  type Address,
} from '@tsyncio/syscalls'
import { chmodSync, unlinkSync } from 'node:fs'

import { addressDetails } from '../names/address-details.js'
import { adoptStreamSocket } from '../sockets/adopt-stream-socket.js'
import { defaultBacklog, type ListenOptions } from './listen-options.js'
import { setSocketOptions } from '../sockets/socket-options.js'
import { streamSocket } from '../sockets/stream-socket.js'
import { TransportSocket } from '../sockets/transport-socket.js'
import { removeStaleFile, socketFileOf } from './unix-socket-file.js'

function setOptions(fd: number, { family }: Address, options: ListenOptions): void {
  if (family === 'IPv6') setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)
  const isTcp = family === 'IPv4' || family === 'IPv6'
  // What is accepted here inherits it: that saves a call for each connection.
  setSocketOptions(fd, isTcp, { ...options, noDelay: options.noDelay ?? true })
  if (!isTcp) return
  const { reuseAddress = true, reusePort = false } = options
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, Number(reuseAddress))
  const result = reusePort ? setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1) : 0
  if (result < 0) throw osError(result, 'setsockopt')
}

function bindTo(fd: number, address: Address): void {
  const bytes = encodeAddress(address)
  const file = socketFileOf(address)
  let result = bind(fd, bytes)
  if (result === -EADDRINUSE && file !== undefined && removeStaleFile(file))
    result = bind(fd, bytes)
  if (result < 0) throw osError(result, 'bind', addressDetails(address))
}

function listenOn(fd: number, address: Address | undefined, { backlog }: ListenOptions): void {
  const result = listen(fd, backlog ?? defaultBacklog)
  if (result < 0)
    throw osError(result, 'listen', address === undefined ? {} : addressDetails(address))
}

/** Listens at a path. Nobody can connect before `listen`, so the mode is set in time. */
function listenAtFile(fd: number, address: Address, file: string, options: ListenOptions): void {
  try {
    if (options.mode !== undefined) chmodSync(file, options.mode)
    listenOn(fd, address, options)
  } catch (error) {
    unlinkSync(file)
    throw error
  }
}

/** A socket that listens at `address`: its fd. */
export function listeningSocket(address: Address, options: ListenOptions): number {
  const fd = streamSocket(address)
  try {
    setOptions(fd, address, options)
    bindTo(fd, address)
    const file = socketFileOf(address)
    if (file === undefined) listenOn(fd, address, options)
    else listenAtFile(fd, address, file, options)
    return fd
  } catch (error) {
    close(fd)
    throw error
  }
}

/** Makes a bound socket of somebody else's listen; it is the caller's until this returns. */
export function adoptListeningSocket(loop: EventLoop, fd: number, options: ListenOptions): void {
  const socket = new TransportSocket(fd)
  adoptStreamSocket(loop, fd)
  setSocketOptions(fd, socket.isTcp, { ...options, noDelay: options.noDelay ?? true })
  listenOn(fd, socket.getsockname(), options)
}
