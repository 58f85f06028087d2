import type { BaseTransport, Protocol, Transport } from '../transports/transport.js'

/** Listens in between a transport and its protocol, and writes down what that is told. */
export class ProtocolLog implements Protocol {
  readonly calls: string[] = []
  /** With what the connection was lost, each time. */
  readonly losses: (Error | undefined)[] = []
  readonly #protocol: Protocol

  constructor(transport: BaseTransport) {
    this.#protocol = transport.getProtocol()
    transport.setProtocol(this)
  }

  connectionMade(transport: Transport): void {
    this.#protocol.connectionMade?.(transport)
  }

  dataReceived(data: Buffer): void {
    if (this.calls.at(-1) !== 'data') this.calls.push('data')
    this.#protocol.dataReceived?.(data)
  }

  eofReceived(): boolean | void {
    this.calls.push('eof')
    return this.#protocol.eofReceived?.()
  }

  connectionLost(error: Error | undefined): void {
    this.calls.push('lost')
    this.losses.push(error)
    this.#protocol.connectionLost?.(error)
  }

  pauseWriting(): void {
    this.calls.push('pause')
    this.#protocol.pauseWriting?.()
  }

  resumeWriting(): void {
    this.calls.push('resume')
    this.#protocol.resumeWriting?.()
  }
}
