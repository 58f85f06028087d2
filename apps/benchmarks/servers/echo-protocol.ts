import type { Protocol, Transport } from 'tsyncio'

/** Echo by a protocol: what a protocol author would write. */
export class EchoProtocol implements Protocol {
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
