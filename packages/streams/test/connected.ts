import {
  openConnection,
  startServer,
  type Connection,
  type ReaderAndWriter,
} from '@tsyncio/streams'
import { run, sleep } from '@tsyncio/tasks'
import { createHash, randomBytes } from 'node:crypto'

const place = { host: '127.0.0.1', port: 0 }

/** Both ends of a connection; aborted when the body is done, unless they have ended. */
export async function withConnected(
  body: (client: Connection, peer: ReaderAndWriter) => Promise<void>,
): Promise<void> {
  await run(async () => {
    const accepted: ReaderAndWriter[] = []
    await using server = await startServer(
      (reader, writer) => accepted.push({ reader, writer }),
      place,
    )
    const client = await openConnection({ ...place, port: server.port })
    while (accepted.length === 0) await sleep(0)
    const [peer] = accepted as [ReaderAndWriter]
    try {
      await body(client, peer)
    } finally {
      client.writer.transport.abort()
      peer.writer.transport.abort()
    }
  })
}

export const mebibytes10 = randomBytes(10 * 1024 * 1024)
export const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

/** Lets everybody do what he can, until `isSo`; a test that never gets there times out. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(1)
}

/** Waits until a counter stands still: whoever is slowed down has been. */
export async function untilStill(count: () => number): Promise<void> {
  for (let seen = -1; seen !== count();) {
    seen = count()
    await sleep(30)
  }
}
