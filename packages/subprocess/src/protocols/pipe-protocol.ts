import type { Protocol } from '@tsyncio/streams'

/** Who hears of all the pipes of one process. */
export interface PipeListener {
  pipeReceived(fd: number, data: Buffer): void
  pipeLost(fd: number, error: Error | undefined): void
  pauseWriting(): void
  resumeWriting(): void
}

/** Hears of one of them. */
export class PipeProtocol implements Protocol {
  readonly #fd: number
  readonly #listener: PipeListener

  constructor(fd: number, listener: PipeListener) {
    this.#fd = fd
    this.#listener = listener
  }

  dataReceived(data: Buffer): void {
    this.#listener.pipeReceived(this.#fd, data)
  }

  connectionLost(error: Error | undefined): void {
    this.#listener.pipeLost(this.#fd, error)
  }

  pauseWriting(): void {
    this.#listener.pauseWriting()
  }

  resumeWriting(): void {
    this.#listener.resumeWriting()
  }
}
