import { createServer, type Protocol, type Server, type Transport } from '@tsyncio/streams'
import { createTask, type Gen } from '@tsyncio/tasks'

import { Endings, pattern } from './endings.js'

class Serving implements Protocol {
  readonly #endings: Endings
  #transport!: Transport
  #command = ''
  #left = 0
  #count = 0
  #paused = false

  constructor(endings: Endings) {
    this.#endings = endings
  }

  connectionMade(transport: Transport): void {
    this.#transport = transport
  }

  dataReceived(data: Buffer): void {
    let rest = data
    if (this.#command === '') {
      const end = data.indexOf('\n')
      const [command = '', argument] = data.toString('utf8', 0, end).split(' ')
      this.#command = command
      this.#begin(Number(argument))
      rest = data.subarray(end + 1)
    }
    this.#count += rest.length
    if (this.#command === 'echo' && rest.length > 0) this.#transport.write(rest)
  }

  eofReceived(): boolean {
    if (this.#command !== 'count') return false
    this.#transport.write(`${this.#count}\n`)
    this.#transport.close()
    return true
  }

  pauseWriting(): void {
    this.#paused = true
  }

  resumeWriting(): void {
    this.#paused = false
    this.#goOn()
  }

  connectionLost(error: Error | undefined): void {
    if (this.#command !== 'report') this.#endings.add(error)
  }

  #begin(argument: number): void {
    if (this.#command === 'report') createTask(this.#report(argument))
    else if (this.#command === 'abort') this.#transport.abort()
    else if (this.#command === 'close') {
      for (let i = 0; i < argument; i++) this.#transport.write(pattern(1_000_000))
      this.#transport.close()
    } else if (this.#command === 'flood') {
      this.#left = argument
      this.#goOn()
    }
  }

  #goOn(): void {
    while (this.#left > 0 && !this.#paused) {
      this.#left--
      this.#transport.write(pattern(50_000))
      if (this.#left === 0) this.#transport.writeEof()
    }
  }

  *#report(count: number): Gen<void> {
    this.#transport.write(yield* this.#endings.report(count))
    this.#transport.close()
  }
}

/** The same as the server of protocols in server.py. */
export function* protocolServer(): Gen<Server> {
  const endings = new Endings()
  return yield* createServer(() => new Serving(endings), { host: '127.0.0.1', port: 0 })
}
