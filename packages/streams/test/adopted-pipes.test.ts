import { getRunningLoop, InvalidStateError } from '@tsyncio/loop'
import {
  connectReadPipe,
  connectWritePipe,
  openReadPipe,
  openConnection,
  openWritePipe,
  receiveFds,
  startServer,
  type WriteTransport,
} from '@tsyncio/streams'
import {
  AF_UNIX,
  close,
  eventfd,
  fcntl,
  F_GETFL,
  O_NONBLOCK,
  pipe2,
  read,
  SHUT_WR,
  shutdown,
  SOCK_STREAM,
  socketpair,
  write,
} from '@tsyncio/syscalls'
import { run, sleep, until, type Gen } from '@tsyncio/tasks'
import { execFile, execFileSync } from 'node:child_process'
import { constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

import { behaves } from './driven.js'
import { failureOf } from './failure-of.js'
import { expectNoLeaks } from './no-leaks.js'

const directory = mkdtempSync(join(tmpdir(), 'streams-'))
afterAll(() => rmSync(directory, { recursive: true }))

function pair(make: (out: Int32Array) => unknown): [number, number] {
  const out = new Int32Array(2)
  make(out)
  return [out[0]!, out[1]!]
}

const pipe = () => pair((out) => pipe2(out, 0))
const sockets = () => pair((out) => socketpair(AF_UNIX, SOCK_STREAM, 0, out))

function makeFifo(path: string): void {
  execFileSync('python3', ['-c', 'import os, sys; os.mkfifo(sys.argv[1])', path])
}

/** A protocol that notes what it is told. */
function recorder() {
  const events: string[] = []
  const over = getRunningLoop().createFuture<void>()
  const protocol = {
    connectionMade: () => void events.push('made'),
    dataReceived: (data: Buffer) => void events.push(String(data)),
    eofReceived: () => void events.push('eof'),
    connectionLost: (error: unknown) => {
      events.push(`lost ${(error as { code?: string } | undefined)?.code ?? ''}`.trim())
      over.setResult()
    },
  }
  return { protocol, events, over }
}

/** A terminal: its master and its slave, made by Python, as there is no call of ours for it. */
function* terminal(): Gen<[number, number]> {
  const script = `
import os, socket, tty
client = socket.socket(socket.AF_UNIX)
client.connect("\\0tsyncio-terminal")
master, slave = os.openpty()
tty.setraw(slave)
socket.send_fds(client, [b"x"], [master, slave])
`
  const got = getRunningLoop().createFuture<[number, number]>()
  const server = yield* startServer(
    function* (reader, writer) {
      const message = yield* receiveFds({ reader, writer }, 1, 2)
      got.setResult(message?.fds as [number, number])
      writer.close()
    },
    { path: '\0tsyncio-terminal' },
    { maxFds: 2 },
  )
  execFileSync('python3', ['-c', script])
  const fds = yield* got
  yield* server.shutdown()
  return fds
}

expectNoLeaks()

describe('a pipe of somebody else', () => {
  behaves('is read by a protocol until its end', function* () {
    const [from, to] = pipe()
    const { protocol, events, over } = recorder()
    const [transport, made] = yield* connectReadPipe(() => protocol, from)
    expect(made).toBe(protocol)
    expect(events).toEqual(['made'])
    expect((transport.getExtraInfo('pipe') as { fileno(): number }).fileno()).toBe(from)
    expect(fcntl(from, F_GETFL, 0) & O_NONBLOCK).toBe(O_NONBLOCK)
    write(to, Buffer.from('hello'), 0, 5)
    while (events.length < 2) yield* sleep(0)
    transport.pauseReading()
    write(to, Buffer.from('again'), 0, 5)
    close(to)
    yield* sleep(2)
    expect(events).toEqual(['made', 'hello'])
    transport.resumeReading()
    yield* over
    expect(events).toEqual(['made', 'hello', 'again', 'eof', 'lost'])
    expect(close(from)).toBeLessThan(0)
  })

  behaves('is written by a protocol, and lost when nobody reads it', function* () {
    const [from, to] = pipe()
    const { protocol, events, over } = recorder()
    const [transport] = yield* connectWritePipe(() => protocol, to)
    transport.write('hello')
    expect(read(from, Buffer.alloc(9), 0, 9)).toBe(5)
    close(from)
    yield* over
    expect(events).toEqual(['made', 'lost'])
  })

  behaves('that is full when its reader goes is lost with EPIPE', function* () {
    const [from, to] = pipe()
    const { protocol, events, over } = recorder()
    const [transport] = yield* connectWritePipe(() => protocol, to)
    transport.write(Buffer.alloc(1_000_000))
    close(from)
    yield* over
    expect(events).toEqual(['made', 'lost EPIPE'])
  })

  behaves('may be a FIFO with a name', function* () {
    const path = join(directory, 'fifo')
    makeFifo(path)
    const from = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const { reader } = openReadPipe(from)
    const writer = openWritePipe(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK))
    writer.write('through a file\n')
    expect(String(yield* reader.readLine())).toBe('through a file\n')
    writer.writeEof()
    expect(yield* reader.read()).toBeNull()
    yield* writer.waitClosed()
    rmSync(path)
  })

  it('may be written by python3', async () => {
    const path = join(directory, 'fifo')
    makeFifo(path)
    await run(async () => {
      const { reader } = openReadPipe(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
      const script = `open(${JSON.stringify(path)}, "w").write("a line\\n" * 100_000)`
      const writing = promisify(execFile)('python3', ['-c', script])
      let lines = 0
      for await (const line of reader) lines += Number(String(line) === 'a line\n')
      expect(lines).toBe(100_000)
      await until(writing)
    })
    rmSync(path)
  })
})

describe('a terminal', () => {
  behaves('is read and written', function* () {
    const [master, slave] = yield* terminal()
    const writer = openWritePipe(master)
    const { reader, transport } = openReadPipe(slave)
    writer.write('typed\n')
    expect(String(yield* reader.readLine())).toBe('typed\n')
    transport.close()
    yield* writer[Symbol.asyncDispose]()
    yield* sleep(0)
  })

  behaves('ends when its other side is closed, without an error', function* () {
    const [master, slave] = yield* terminal()
    const { protocol, events, over } = recorder()
    yield* connectReadPipe(() => protocol, master)
    write(slave, Buffer.from('bye'), 0, 3)
    close(slave)
    yield* over
    expect(events).toEqual(['made', 'bye', 'eof', 'lost'])
  })
})

describe('a device', () => {
  behaves('that cannot be waited for is always ready', function* () {
    const zero = openReadPipe(openSync('/dev/zero', 'r'))
    expect((yield* zero.reader.readExactly(200_000)).equals(Buffer.alloc(200_000))).toBe(true)
    zero.transport.pauseReading()
    zero.transport.resumeReading()
    expect(yield* zero.reader.readExactly(1_000_000)).toHaveLength(1_000_000)
    zero.transport.close()
    expect(yield* openReadPipe(openSync('/dev/null', 'r')).reader.read()).toBeNull()
    const writer = openWritePipe(openSync('/dev/null', 'w'))
    writer.write(Buffer.alloc(1_000_000))
    yield* writer.drain()
    writer.close()
    yield* writer.waitClosed()
  })
})

describe('a socket as a pipe', () => {
  behaves('is read until the other side ends', function* () {
    const [mine, yours] = sockets()
    const { reader } = openReadPipe(mine)
    const { writer } = yield* openConnection({ fd: yours })
    writer.write('one way')
    writer.writeEof()
    expect(String(yield* reader.read())).toBe('one way')
    yield* writer[Symbol.asyncDispose]()
  })

  behaves('is written, whatever comes back, until the other side is closed', function* () {
    const [mine, yours] = sockets()
    const { protocol, events, over } = recorder()
    const [transport] = yield* connectWritePipe(() => protocol, mine)
    write(yours, Buffer.from('not for you'), 0, 11)
    yield* sleep(2)
    expect(says(transport, yours, 'one')).toBe('one')
    shutdown(yours, SHUT_WR)
    yield* sleep(2)
    expect(says(transport, yours, 'two')).toBe('two')
    close(yours)
    transport.write('three')
    yield* over
    expect(events).toEqual(['made', 'lost EPIPE'])
  })

  behaves('is closed when the other side is, though nothing is written', function* () {
    const [mine, yours] = sockets()
    const { protocol, events, over } = recorder()
    yield* connectWritePipe(() => protocol, mine)
    close(yours)
    yield* over
    expect(events).toEqual(['made', 'lost'])
  })

  function says(transport: WriteTransport, peer: number, text: string): string {
    transport.write(text)
    const received = Buffer.alloc(100)
    return String(received.subarray(0, read(peer, received, 0, 100)))
  }
})

describe('what is no pipe', () => {
  behaves('is refused, and stays its owner’s', function* () {
    const refused: [number, string][] = [
      [openSync('/etc/hostname', 'r'), 'node:fs'],
      [openSync(directory, 'r'), 'node:fs'],
      [eventfd(0, 0), 'loop.addReader()'],
    ]
    for (const [fd, instead] of refused) {
      const failures = [
        yield* failureOf(() => connectReadPipe(() => ({}), fd)),
        yield* failureOf(() => connectWritePipe(() => ({}), fd)),
        thrownBy(() => openReadPipe(fd)),
        thrownBy(() => openWritePipe(fd)),
      ]
      for (const failure of failures) {
        expect(failure).toBeInstanceOf(TypeError)
        expect(String(failure)).toContain(instead)
      }
      expect(close(fd)).toBe(0)
    }
    expect(yield* failureOf(() => connectReadPipe(() => ({}), 9999))).toMatchObject({
      code: 'EBADF',
    })
  })

  behaves('is refused when something uses it already', function* () {
    const [from, to] = pipe()
    const { transport } = openReadPipe(from)
    expect(thrownBy(() => openReadPipe(from))).toBeInstanceOf(InvalidStateError)
    expect(yield* failureOf(() => connectReadPipe(() => ({}), from))).toBeInstanceOf(
      InvalidStateError,
    )
    transport.close()
    close(to)
    yield* sleep(0)
  })

  it('is refused at the door', () => {
    expect(() => connectReadPipe(null as never, 3)).toThrow(TypeError)
    expect(() => connectReadPipe(() => ({}), '3' as never)).toThrow(TypeError)
    expect(() => connectWritePipe(() => ({}), -1)).toThrow(RangeError)
    expect(() => openReadPipe('3' as never)).toThrow(TypeError)
    expect(() => openWritePipe(1.5)).toThrow(RangeError)
  })

  function thrownBy(body: () => unknown): unknown {
    try {
      body()
    } catch (error) {
      return error
    }
    return undefined
  }
})
