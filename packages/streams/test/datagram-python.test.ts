import { createDatagramEndpoint, openDatagram, type DatagramTransport } from '@tsyncio/streams'
import type { Address } from '@tsyncio/syscalls'
import { run, taskGroup } from '@tsyncio/tasks'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'

type Child = ChildProcess & { stdout: NodeJS.ReadableStream }

function python(script: string, ...args: string[]): Child {
  return spawn('python3', ['-c', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Upper-cases what it gets, and ends with an empty datagram. */
const serverScript = `
import asyncio, socket, sys

class Upper(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, address):
        self.transport.sendto(data.upper(), address)
        if not data:
            # before Python 3.13, a transport sends no empty datagrams
            with self.transport.get_extra_info("socket").dup() as sock:
                sock.sendto(b"", address)
            self.transport.close()
    def connection_lost(self, exc):
        done.set_result(exc)

async def main():
    global done
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(Upper, local_addr=(sys.argv[1], 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await done

asyncio.run(main())
`

/** Sends numbers to an echo, all at once, and prints whether all came back. */
const clientScript = `
import asyncio, sys

class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.seen = set()
    def connection_made(self, transport):
        self.transport = transport
        for i in range(50):
            transport.sendto(b"%d" % i)
    def datagram_received(self, data, address):
        self.seen.add(int(data))
        if len(self.seen) == 50:
            done.set_result(sorted(self.seen) == list(range(50)))

async def main():
    global done
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(
        Client, remote_addr=(sys.argv[1], int(sys.argv[2])))
    print(await done)
    transport.close()

asyncio.run(main())
`

/** Runs the body, then lets go of what Node keeps of the child. */
async function withoutLeaks(body: () => Promise<void>): Promise<void> {
  const before = openFdCount()
  await body()
  while (openFdCount() > before) await new Promise((resolve) => setImmediate(resolve))
}

expectNoLeaks()

describe('asyncio of Python', () => {
  for (const host of ['127.0.0.1', '::1']) {
    it(`as a server at ${host}: many clients at once, and empty datagrams`, async () => {
      await withoutLeaks(async () => {
        const child = python(serverScript, host)
        const exit = once(child, 'exit')
        const [line] = (await once(child.stdout, 'data')) as [Buffer]
        const remoteAddress = { host, port: Number(line) }
        await run(async () => {
          await taskGroup(async (group) => {
            for (let i = 0; i < 10; i++) {
              group.createTask(async () => {
                const socket = await openDatagram({ remoteAddress })
                await socket.send(`client ${i}`)
                expect(String((await socket.receive()).data)).toBe(`CLIENT ${i}`)
                socket.close()
              })
            }
          })
          const socket = await openDatagram({ remoteAddress })
          await socket.send('')
          expect((await socket.receive()).data).toHaveLength(0)
          socket.close()
        })
        expect(await exit).toEqual([0, null])
      })
    })

    it(`as a client of a socket at ${host}, and of a transport`, async () => {
      await withoutLeaks(async () => {
        await run(async () => {
          const localAddress = { host, port: 0 }
          const socket = await openDatagram({ localAddress })
          await taskGroup(async (group) => {
            group.createTask(async () => {
              for await (const { data, address } of socket) await socket.send(data, address)
            })
            const child = python(clientScript, host, String(socket.localAddress.port))
            expect(await text(child.stdout)).toBe('True\n')
            socket.close()
          })
          class Echo {
            transport!: DatagramTransport
            connectionMade(transport: DatagramTransport) {
              this.transport = transport
            }
            datagramReceived(data: Buffer, address: Address) {
              this.transport.sendTo(data, address)
            }
          }
          const [transport] = await createDatagramEndpoint(() => new Echo(), { localAddress })
          const { port } = transport.getExtraInfo('sockname') as { port: number }
          const child = python(clientScript, host, String(port))
          expect(await text(child.stdout)).toBe('True\n')
          transport.close()
        })
      })
    })
  }
})
