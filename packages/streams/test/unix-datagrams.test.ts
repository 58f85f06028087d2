import { createDatagramEndpoint, openDatagram, type DatagramTransport } from '@tsyncio/streams'
import { AF_UNIX, bind, close, encodeAddress, SOCK_DGRAM, socket } from '@tsyncio/syscalls'
import { run, sleep, until } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const directory = mkdtempSync(join(tmpdir(), 'datagrams-'))
afterAll(() => rmSync(directory, { recursive: true }))

let count = 0
const newPath = () => join(directory, `${count++}`)

const open = (path: string) => openDatagram({ localAddress: { path } })

expectNoLeaks()

describe('the file of a Unix datagram socket', () => {
  behaves('goes with the socket', function* () {
    const [path, other] = [newPath(), newPath()]
    const one = yield* open(path)
    expect(one.localAddress).toEqual({ family: 'Unix', path })
    const [transport] = yield* createDatagramEndpoint(() => ({}), { localAddress: { path: other } })
    expect([existsSync(path), existsSync(other)]).toEqual([true, true])
    transport.sendTo('hello', { path })
    const { data, address } = yield* one.receive()
    expect([String(data), address]).toEqual(['hello', { family: 'Unix', path: other }])
    one.close()
    transport.close()
    yield* sleep(0)
    yield* sleep(0)
    expect([existsSync(path), existsSync(other)]).toEqual([false, false])
  })

  behaves('is replaced if its socket is dead, and nobody else’s is', function* () {
    const path = newPath()
    const dead = socket(AF_UNIX, SOCK_DGRAM, 0)
    bind(dead, encodeAddress({ path }))
    close(dead)
    const alive = yield* open(path)
    expect(yield* failureOf(() => open(path))).toMatchObject({ code: 'EADDRINUSE', path })
    yield* alive.send('still me', { path })
    expect(String((yield* alive.receive()).data)).toBe('still me')
    alive.close()
    writeFileSync(path, 'no socket')
    expect(yield* failureOf(() => open(path))).toMatchObject({ code: 'EADDRINUSE' })
    rmSync(path)
  })

  behaves('that another socket has taken over is left to that', function* () {
    const path = newPath()
    const first = yield* open(path)
    rmSync(path)
    const second = yield* open(path)
    first.close()
    expect(existsSync(path)).toBe(true)
    second.close()
    expect(existsSync(path)).toBe(false)
  })

  it('goes when the loop is closed', async () => {
    const [path, other] = [newPath(), newPath()]
    await run(function* () {
      yield* open(path)
      yield* createDatagramEndpoint(() => ({}), { localAddress: { path: other } })
      expect([existsSync(path), existsSync(other)]).toEqual([true, true])
    })
    expect([existsSync(path), existsSync(other)]).toEqual([false, false])
  })
})

describe('a receiver that is gone', () => {
  behaves('is an error of the send, at once', function* () {
    const path = newPath()
    const receiver = yield* open(path)
    const sender = yield* openDatagram({ remoteAddress: { path } })
    receiver.close()
    expect(yield* failureOf(() => sender.send('x'))).toMatchObject({ code: 'ECONNREFUSED', path })
    sender.disconnect()
    const missing = yield* failureOf(() => sender.send('x', { path }))
    expect(missing?.message).toBe(`send ENOENT ${path}`)
    sender.close()
    expect(yield* failureOf(() => openDatagram({ remoteAddress: { path } }))).toMatchObject({
      message: `connect ENOENT ${path}`,
    })
  })
})

const syslogScript = `
import logging, logging.handlers, sys
handler = logging.handlers.SysLogHandler(sys.argv[1])
log = logging.getLogger("tool")
log.addHandler(handler)
log.error("disk %s is full", "sda")
log.error("x" * 150_000)
`

describe('a log socket, like /dev/log', () => {
  it('gets the messages of Python’s logging, long ones too', async () => {
    await run(async () => {
      const path = newPath()
      const socket = await openDatagram({ localAddress: { path } })
      const python = promisify(execFile)('python3', ['-c', syslogScript, path])
      const first = await socket.receive()
      const second = await socket.receive()
      // <11> is LOG_USER with LOG_ERR; the message ends with a NUL.
      expect(String(first.data)).toBe('<11>disk sda is full\0')
      expect(first.address).toBeUndefined()
      expect([second.data.length, second.truncated]).toEqual([4 + 150_000 + 1, false])
      await until(python)
      socket.close()
    })
  })

  it('may be a transport', async () => {
    await run(function* () {
      const path = newPath()
      const lines: string[] = []
      const factory = () => ({ datagramReceived: (data: Buffer) => void lines.push(String(data)) })
      const [transport]: [DatagramTransport, unknown] = yield* createDatagramEndpoint(factory, {
        localAddress: { path },
      })
      yield* until(promisify(execFile)('python3', ['-c', syslogScript, path]))
      while (lines.length < 2) yield* sleep(1)
      expect(lines[0]).toBe('<11>disk sda is full\0')
      transport.close()
      yield* sleep(0)
    })
  })
})
