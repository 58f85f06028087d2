// The load generator for TLS: as native/load.c, in Node, since TLS in C would need a library.
// It naps to stay below its share of the core, too.
import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import { parseArgs } from 'node:util'

import { certificate } from '../servers/certificate.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    pid: { type: 'string', default: '0' },
    warm: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    size: { type: 'string', default: '1024' },
    cap: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'tls' },
  },
})
const [port, pid, warm, seconds, connections, size, cap] = [
  values.port,
  values.pid,
  values.warm,
  values.seconds,
  values.connections,
  values.size,
  values.cap,
].map(Number) as [number, number, number, number, number, number, number]

const message = Buffer.alloc(size, 'what goes out comes back ')
let requests = 0
let latencies: number[] = []

function converse(socket: TLSSocket): void {
  let came = 0
  let sent = performance.now()
  socket.on('data', (chunk) => {
    if (Buffer.compare(chunk, message.subarray(came, came + chunk.length)) !== 0) {
      throw new Error('wrong byte: the reply differs from what was sent')
    }
    came += chunk.length
    if (came < size) return
    came = 0
    requests++
    const now = performance.now()
    latencies.push(now - sent)
    sent = now
    socket.write(message)
  })
  socket.write(message)
}

function open(): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca: certificate.cert }, () => resolve(socket))
    socket.setNoDelay()
    socket.once('error', reject)
  })
}

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

interface Moment {
  readonly wall: number
  readonly cpu: number
  readonly waited: number
  readonly stat: string
}

const moment = (): Moment => ({
  cpu: cpuNow(),
  waited: Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6,
  stat: pid === 0 ? '' : readFileSync(`/proc/${pid}/stat`, 'utf8').trim(),
  wall: performance.now(),
})

const word = new Int32Array(new SharedArrayBuffer(4))
let napped = 0

/** Milliseconds by which its CPU time is above its share. */
const over = (since: Moment): number =>
  (cpuNow() - since.cpu) / cap - (performance.now() - since.wall)

async function runFor(milliseconds: number, since: Moment): Promise<void> {
  const end = performance.now() + milliseconds
  while (performance.now() < end) {
    await new Promise(setImmediate)
    const nap = cap < 1 ? over(since) : 0
    if (nap < 1) continue
    const before = performance.now()
    Atomics.wait(word, 0, 0, nap)
    napped += performance.now() - before
  }
}

const sockets = await Promise.all(Array.from({ length: connections }, open))
sockets.forEach(converse)
await runFor(warm * 1000, moment())
requests = napped = 0
latencies = []
const before = moment()
await runFor(seconds * 1000, before)
const after = moment()
const wall = after.wall - before.wall
const sorted = Float64Array.from(latencies).sort()
const percentile = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? NaN) * 1000
console.log(
  JSON.stringify({
    mode: values.mode,
    connections,
    size,
    pipeline: 1,
    seconds: wall / 1000,
    requests,
    cpu: (after.cpu - before.cpu) / wall,
    waited: (after.waited - before.waited) / wall,
    napped: napped / wall,
    p50: percentile(0.5),
    p99: percentile(0.99),
    max: (sorted.at(-1) ?? NaN) * 1000,
    before: before.stat,
    after: after.stat,
  }),
)
process.exit()
