// Echo by a protocol on tsyncio's transport: what a protocol author would write.
import { createServer, run, type Protocol, type Transport } from 'tsyncio'

class Echo implements Protocol {
  #transport: Transport | undefined

  connectionMade(transport: Transport): void {
    this.#transport = transport
  }

  dataReceived(data: Buffer): void {
    this.#transport?.write(data)
  }

  pauseWriting(): void {
    this.#transport?.pauseReading()
  }

  resumeWriting(): void {
    this.#transport?.resumeReading()
  }
}

await run(function* () {
  const port = Number(process.argv[2])
  const server = yield* createServer(() => new Echo(), { host: '127.0.0.1', port })
  console.log('ready')
  yield* server.serveForever()
})
