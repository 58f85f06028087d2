import { openDatagram } from '@tsyncio/streams'
import { run, until } from '@tsyncio/tasks'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const execute = promisify(execFile)
const directory = mkdtempSync(join(tmpdir(), 'datagrams-'))
afterAll(() => rmSync(directory, { recursive: true }))

describe('logger', () => {
  it('logs to a Unix datagram socket, and by UDP', async () => {
    await run(function* () {
      const path = join(directory, 'log')
      const unix = yield* openDatagram({ localAddress: { path } })
      yield* until(execute('logger', ['-u', path, '-p', 'user.err', '-t', 'tool', 'disk full']))
      expect(String((yield* unix.receive()).data)).toMatch(/^<11>.* tool: disk full$/)
      unix.close()
      const udp = yield* openDatagram({ localAddress: { host: '127.0.0.1', port: 0 } })
      const to = ['-n', '127.0.0.1', '-P', String(udp.localAddress.port), '-d']
      yield* until(execute('logger', [...to, '-p', 'user.err', '-t', 'tool', 'disk full']))
      expect(String((yield* udp.receive()).data)).toMatch(/^<11>.* tool .*disk full$/)
      udp.close()
    })
  })
})

describe('socat', () => {
  const ask = (question: string, address: string) => {
    const socat = execute('socat', ['-t', '5', '-', address])
    socat.child.stdin?.end(question)
    return socat
  }

  for (const [kind, localAddress] of [
    ['UDP4', { host: '127.0.0.1', port: 0 }],
    ['UDP6', { host: '::1', port: 0 }],
  ] as const) {
    it(`asks a socket of ours, ${kind}`, async () => {
      await run(async () => {
        const socket = await openDatagram({ localAddress })
        const host = kind === 'UDP6' ? '[::1]' : '127.0.0.1'
        const asking = ask(
          'how are you?',
          `${kind}-DATAGRAM:${host}:${socket.localAddress.port},null-eof`,
        )
        const { data, address } = await socket.receive()
        await socket.send(`${String(data)} fine`, address)
        // socat takes an empty datagram for the end.
        await socket.send('', address)
        expect((await asking).stdout).toBe('how are you? fine')
        socket.close()
      })
    })
  }

  it('answers a Unix socket of ours, each datagram in a process of its own', async () => {
    await run(async () => {
      const path = join(directory, 'answers')
      const socat = execute('socat', ['-d', '-d', `UNIX-RECVFROM:${path},fork`, 'EXEC:cat'])
      await once(socat.child.stderr!, 'data')
      const socket = await openDatagram({
        localAddress: { path: join(directory, 'asks') },
        remoteAddress: { path },
      })
      for (const word of ['one', 'two']) {
        await socket.send(word)
        expect(String((await socket.receive()).data)).toBe(word)
      }
      socket.close()
      socat.child.kill()
      await expect(socat).rejects.toThrow()
    })
  })
})
