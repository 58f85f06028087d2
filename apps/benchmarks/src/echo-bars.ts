import type { Bar } from './bar.js'
import type { EchoWork } from './echo-work.js'

const ours = 'tsyncio callbacks'
const generators = 'tsyncio generator streams'
const asyncs = 'tsyncio async streams'

const user = { figure: 'user', what: 'user CPU per request' }
const cpu = { figure: 'cpu', what: 'user + system CPU per request' }
const speed = { figure: 'megabytesPerSecond', what: 'bytes per second' }

/** What we hold ourselves to, by work. */
export const echoBars: Readonly<Record<EchoWork, readonly Bar[]>> = {
  echo: [
    { ...user, contender: ours, against: 'uvloop protocol', most: 0.85 },
    { ...user, contender: ours, against: 'Bun.listen', most: 0.75 },
    { ...user, contender: ours, against: 'node:net', most: 0.25 },
    { ...cpu, contender: ours, against: 'node:net', most: 0.65 },
    { ...cpu, contender: ours, against: 'epoll in C', most: 1.2 },
    { ...user, contender: generators, against: 'uvloop streams', most: 0.4 },
    { ...user, contender: generators, against: 'node:net', most: 0.4 },
    { ...user, contender: asyncs, against: 'uvloop streams', most: 0.4 },
    { ...user, contender: asyncs, against: 'node:net', most: 0.5 },
  ],
  lines: [],
  bulk: [
    { ...speed, contender: ours, against: 'node:net', least: 1 },
    { ...speed, contender: generators, against: 'node:net', least: 1 },
    { ...speed, contender: asyncs, against: 'node:net', least: 1 },
  ],
}
