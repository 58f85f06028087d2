import { existsSync } from 'node:fs'

import type { Bar } from './bar.js'
import type { MaybeContender } from './contender.js'
import { contenderOn } from './contender-on.js'
import type { LoadShape } from './load-shape.js'
import { packagePath } from './package-path.js'
import type { Runtimes } from './runtimes.js'

/** The names of the network's works, as the command line takes them. */
export const netWorkNames = [
  'echo',
  'echo-10k',
  'echo-100k',
  'lines',
  'bulk',
  'accept',
  'udp',
  'tls',
  'shared',
] as const

export type NetWorkName = (typeof netWorkNames)[number]

/** One kind of traffic, who serves it, and what we hold ourselves to. */
export interface NetWork {
  readonly name: NetWorkName
  readonly work: string
  readonly load: LoadShape
  /** To each command the port is added. */
  readonly contenders: readonly MaybeContender[]
  readonly bars: readonly Bar[]
}

const asyncio = packagePath('servers/asyncio-echo.py')
const native = packagePath('dist/native/echo')
const server = (name: string) => packagePath(`dist/servers/${name}.js`)

const callbacks = 'tsyncio callbacks'
const protocol = 'tsyncio protocol'
const generators = 'tsyncio generator streams'
const asyncs = 'tsyncio async streams'
const datagrams = 'tsyncio datagrams'
const tls = 'tsyncio TLS'

const user = { figure: 'user', what: 'user CPU per request' }
const cpu = { figure: 'cpu', what: 'user + system CPU per request' }
const speed = { figure: 'megabytesPerSecond', what: 'bytes per second' }

const echoBars: readonly Bar[] = [
  { ...user, contender: protocol, against: 'uvloop protocol', most: 0.85 },
  { ...user, contender: protocol, against: 'Bun.listen', most: 0.75 },
  { ...user, contender: protocol, against: 'node:net', most: 0.25 },
  { ...cpu, contender: protocol, against: 'node:net', most: 0.65 },
  { ...cpu, contender: protocol, against: 'epoll in C', most: 1.2 },
  { ...user, contender: generators, against: 'uvloop streams', most: 0.4 },
  { ...user, contender: generators, against: 'node:net', most: 0.4 },
  { ...user, contender: asyncs, against: 'uvloop streams', most: 0.4 },
  { ...user, contender: asyncs, against: 'node:net', most: 0.5 },
]

const bulkBars: readonly Bar[] = [protocol, generators, asyncs].map((contender) => ({
  ...speed,
  contender,
  against: 'node:net',
  least: 1,
}))

/** What goes over the network, and everybody's way of serving it. */
export function netWorks({ node, python, uvloop, bun }: Runtimes): NetWork[] {
  const epoll = existsSync(native) ? { program: native, version: 'C' } : { absent: 'not built' }
  const streams = [
    contenderOn(epoll, 'epoll in C', []),
    contenderOn(node, callbacks, [server('tsyncio-callbacks')]),
    contenderOn(node, protocol, [server('tsyncio-protocol')]),
    contenderOn(node, generators, [server('tsyncio-streams'), 'generator']),
    contenderOn(node, asyncs, [server('tsyncio-streams'), 'async']),
    contenderOn(node, 'node:net', [server('node-net')]),
    contenderOn(bun, 'Bun.listen', [server('bun-listen')]),
    contenderOn(uvloop, 'uvloop protocol', [asyncio, 'uvloop', 'protocol']),
    contenderOn(uvloop, 'uvloop streams', [asyncio, 'uvloop', 'streams']),
    contenderOn(python, 'asyncio protocol', [asyncio, 'asyncio', 'protocol']),
    contenderOn(python, 'asyncio streams', [asyncio, 'asyncio', 'streams']),
  ]
  return [
    {
      name: 'echo',
      work: 'echo 1 KiB x 64 connections, one request at a time',
      load: { mode: 'echo' },
      contenders: streams,
      bars: echoBars,
    },
    {
      name: 'echo-10k',
      work: 'echo 10 KiB x 64 connections, one request at a time',
      load: { mode: 'echo', size: 10_240 },
      contenders: streams,
      bars: [],
    },
    {
      name: 'echo-100k',
      work: 'echo 100 KiB x 64 connections, one request at a time',
      load: { mode: 'echo', size: 102_400 },
      contenders: streams,
      bars: [],
    },
    {
      name: 'lines',
      work: 'echo lines of 32 bytes x 64 connections, 32 at a time',
      load: { mode: 'lines' },
      contenders: streams,
      bars: [],
    },
    {
      name: 'bulk',
      work: 'echo 64 KiB writes, one connection, 16 at a time',
      load: { mode: 'bulk' },
      contenders: streams,
      bars: bulkBars,
    },
    {
      name: 'accept',
      work: 'connect, echo 64 bytes, close: 64 at a time',
      load: { mode: 'accept' },
      contenders: streams,
      bars: [{ ...cpu, contender: protocol, against: 'node:net', most: 1 / 1.5 }],
    },
    {
      name: 'udp',
      work: 'echo datagrams of 1 KiB, 64 clients, one at a time',
      load: { mode: 'udp' },
      contenders: [
        contenderOn(node, datagrams, [server('tsyncio-datagrams')]),
        contenderOn(node, 'node:dgram', [server('node-dgram')]),
        contenderOn(uvloop, 'uvloop datagrams', [asyncio, 'uvloop', 'datagrams']),
        contenderOn(python, 'asyncio datagrams', [asyncio, 'asyncio', 'datagrams']),
      ],
      bars: [{ ...cpu, contender: datagrams, against: 'node:dgram', most: 1 / 1.5 }],
    },
    {
      name: 'tls',
      work: 'echo 1 KiB over TLS x 64 connections, one request at a time',
      load: { mode: 'tls' },
      contenders: [
        contenderOn(node, tls, [server('tsyncio-tls')]),
        contenderOn(node, 'node:tls', [server('node-tls')]),
      ],
      bars: [{ ...cpu, contender: tls, against: 'node:tls', most: 1 / 0.9 }],
    },
    {
      name: 'shared',
      work: 'echo 1 KiB x 64 connections, two worker threads at one port',
      load: { mode: 'echo' },
      contenders: [
        contenderOn(node, protocol, [server('tsyncio-protocol')]),
        contenderOn(node, 'tsyncio protocol, two threads', [server('tsyncio-shared')]),
      ],
      bars: [],
    },
  ]
}
