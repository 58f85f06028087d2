import {
  createConnection,
  createServer,
  type Protocol,
  type StreamReader,
  type StreamWriter,
  type TlsClientOptions,
  type TlsServerOptions,
  type Transport,
} from '@tsyncio/streams'
import { sleep, type Gen } from '@tsyncio/tasks'

import { makeCertificate } from './certificates.js'

export const place = { host: '127.0.0.1', port: 0 }
export const at = (port: number) => ({ host: '127.0.0.1', port })

export const authority = makeCertificate('an authority', { isAuthority: true })
export const { cert: ca } = authority
const made = makeCertificate('localhost', {
  issuer: authority,
  names: ['localhost', '127.0.0.1'],
})

/** What a server needs, and what its clients need. */
export const forServer = { cert: made.cert, key: made.key }
export const forClient = { ca }

/** A handler: gives every line back. */
export function* echo(reader: StreamReader, writer: StreamWriter): Gen<void> {
  for (let line; (line = yield* reader.readLine()) !== null;) {
    writer.write(line)
    yield* writer.drain()
  }
  writer.close()
}

/** What the body throws. */
export function* failureOf(body: () => Iterable<unknown>): Gen<Error & { code?: string }> {
  try {
    yield* body() as Gen<unknown>
  } catch (error) {
    return error as Error
  }
  throw new Error('Expected a failure.')
}

/** Writes down what it is told. */
export class Recorder implements Protocol {
  readonly calls: string[] = []
  readonly transports: Transport[] = []
  error: Error | undefined
  bytes = 0

  get transport(): Transport {
    return this.transports.at(-1) as Transport
  }

  connectionMade(transport: Transport): void {
    this.calls.push('made')
    this.transports.push(transport)
  }

  dataReceived(data: Buffer): void {
    this.bytes += data.length
    this.calls.push(`data ${String(data)}`)
  }

  eofReceived(): boolean {
    this.calls.push('eof')
    return true
  }

  connectionLost(error: Error | undefined): void {
    this.calls.push('lost')
    this.error = error
  }

  pauseWriting(): void {
    this.calls.push('pause')
  }

  resumeWriting(): void {
    this.calls.push('resume')
  }

  *until(call: string): Gen<void> {
    while (!this.calls.includes(call)) yield* sleep(1)
  }
}

/** A client and its peer, connected inside TLS; the server is closed when both are. */
export function* recorders(
  options: { server?: Partial<TlsServerOptions>; client?: TlsClientOptions } = {},
): Gen<[Recorder, Recorder]> {
  const peer = new Recorder()
  const tls = { ...forServer, ...options.server }
  const server = yield* createServer(() => peer, place, { tls })
  const [, client] = yield* createConnection(() => new Recorder(), at(server.port), {
    tls: { ...forClient, ...options.client },
  })
  server.close()
  yield* peer.until('made')
  return [client, peer]
}

/** Closes both, and waits until they are gone. */
export function* closeBoth(client: Recorder, peer: Recorder): Gen<void> {
  client.transport.close()
  yield* client.until('lost')
  yield* peer.until('lost')
}
