import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

import { expect, test, vi } from 'vitest'

import { EchoServer } from '../src/echo-server.js'
import { freePort } from '../src/free-port.js'
import { nativeProgram } from '../src/native-program.js'
import { CONTENDER_CORE, pinned } from '../src/pinned.js'
import { parseProcStat } from '../src/proc-stat.js'
import { runLoad, type LoadOptions } from '../src/run-load.js'
import { runProgram } from '../src/run-program.js'

// Real measuring takes its seconds, and more where others use the machine.
vi.setConfig({ testTimeout: 60_000 })

/** The echo server in C, in a given mode, under load for as long as it takes. */
async function loadServer(flaw: string | undefined, options: Partial<LoadOptions> = {}) {
  const program = nativeProgram('echo')
  // The port is added last; the mode comes after it.
  const command =
    flaw === undefined ? [program] : ['/bin/sh', '-c', `exec "${program}" "$1" ${flaw}`, 'sh']
  const server = await EchoServer.start({ name: `echo ${flaw ?? ''}`, command })
  try {
    const { port, pid } = server
    return await runLoad({ port, pid, warm: 0.1, seconds: 0.4, ...options })
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

test('an honest server is measured: requests, latencies and its own CPU', async () => {
  const report = await loadServer(undefined, { seconds: 1 })
  expect(report).toMatchObject({ mode: 'echo', connections: 64, size: 1024, pipeline: 1 })
  expect(report.requests).toBeGreaterThan(100)
  expect(report.seconds).toBeGreaterThanOrEqual(1)
  expect(report.p50).toBeGreaterThan(0)
  expect(report.p99).toBeGreaterThanOrEqual(report.p50)
  expect(report.max * 1.02).toBeGreaterThanOrEqual(report.p99)
  expect(report.cpu).toBeGreaterThan(0)
  expect(report.cpu).toBeLessThanOrEqual(1.01)

  const [before, after] = [parseProcStat(report.before), parseProcStat(report.after)]
  const spent = after.user + after.system - before.user - before.system
  expect(spent).toBeGreaterThan(0)
  expect(spent).toBeLessThan(report.seconds + 0.1)
})

test('a server that turns over one bit of one reply fails the round', async () => {
  await expect(loadServer('corrupt')).rejects.toThrow(/wrong byte: .* at byte \d+ \(0x/)
})

test.each(['lines', 'bulk'] as const)('bytes are compared in the mode "%s" too', async (mode) => {
  const report = await loadServer(undefined, { mode })
  expect(report.requests).toBeGreaterThan(10)
  await expect(loadServer('corrupt', { mode, seconds: 2 })).rejects.toThrow(/wrong byte/)
})

test('in the mode "accept" every request has a connection of its own', async () => {
  const report = await loadServer(undefined, { mode: 'accept' })
  expect(report).toMatchObject({ mode: 'accept', connections: 64, size: 64 })
  expect(report.requests).toBeGreaterThan(100)
  await expect(loadServer('corrupt', { mode: 'accept', seconds: 2 })).rejects.toThrow(/wrong byte/)
  await expect(loadServer(undefined, { mode: 'accept', pipeline: 2 })).rejects.toThrow(
    '--pipeline must be 1 in the mode accept',
  )
})

test('many requests on the way and messages larger than a read keep their order', async () => {
  const report = await loadServer(undefined, { pipeline: 7, size: 100_003, connections: 3 })
  expect(report.requests).toBeGreaterThan(10)
})

test('a generator with a cap stays below it by napping', async () => {
  const report = await loadServer(undefined, { cap: 0.3, seconds: 1 })
  expect(report.cpu).toBeLessThan(0.4)
  expect(report.requests).toBeGreaterThan(100)
})

test('a port where nobody listens is one clear line', async () => {
  const options = ['--port', '1', '--seconds', '1']
  await expect(runProgram([nativeProgram('load'), ...options])).rejects.toThrow(
    'load: cannot connect to port 1: Connection refused',
  )
})

test.each([
  ['--seconds', 'soon', '--seconds must be a number from 0.1 to 3600, not "soon"'],
  ['--port', '70000', '--port must be a number from 1 to 65535, not "70000"'],
  ['--mode', 'chat', '--mode must be echo, lines, bulk, sink, udp or accept, not "chat"'],
])('%s %s is refused', async (name, value, message) => {
  const command = [nativeProgram('load'), '--port', '1', name, value]
  await expect(runProgram(command)).rejects.toThrow(message)
})

test('a server that does not start says why', async () => {
  const command = [process.execPath, '-e', 'throw new RangeError("no luck")']
  await expect(EchoServer.start({ name: 'unlucky', command })).rejects.toThrow(
    'unlucky did not start: RangeError: no luck',
  )
})

test('no server outlives a harness that was killed', async () => {
  const port = await freePort()
  const server = pinned(CONTENDER_CORE, [nativeProgram('echo'), String(port)])
  const script = `require('node:child_process').spawn(${JSON.stringify(server[0])},
    ${JSON.stringify(server.slice(1))}, { stdio: 'inherit' })`
  const harness = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [ready] = (await once(harness.stdout, 'data')) as [Buffer]
  expect(String(ready)).toBe('ready\n')

  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  // With a reset, too: the server ends with what was sent to it unread.
  const closed = new Promise((resolve) =>
    socket
      .resume()
      .on('error', () => undefined)
      .on('close', resolve),
  )
  harness.kill('SIGKILL')
  await closed
})
