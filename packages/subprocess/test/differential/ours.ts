import { getRunningLoop, type Future } from '@tsyncio/loop'
import type { WriteTransport } from '@tsyncio/streams'
import type { OSError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'
import {
  subprocessShell,
  type SubprocessProtocol,
  type SubprocessTransport,
} from '@tsyncio/subprocess'

import type { Script } from './scripts.js'

export type Told = [name: string, ...details: unknown[]]

const nameOf = (error: Error | undefined) => (error === undefined ? null : (error as OSError).code)

/** The same as `theirs.py` does. */
class Recorder implements SubprocessProtocol {
  readonly events: Told[] = []
  readonly #actions: Map<string, Script['actions'][string]>
  readonly #ended: Future<void>
  #transport: SubprocessTransport | undefined

  constructor(script: Script, ended: Future<void>) {
    this.#actions = new Map(Object.entries(script.actions))
    this.#ended = ended
  }

  connectionMade(transport: SubprocessTransport): void {
    this.#transport = transport
    const kinds = [0, 1, 2].map((fd) => transport.getPipeTransport(fd) !== null)
    this.#tell('made', 'made', kinds)
  }

  pipeDataReceived(fd: number, data: Buffer): void {
    const last = this.events.at(-1)
    if (last?.[0] === 'data' && last[1] === fd)
      last[2] = `${String(last[2])}${data.toString('latin1')}`
    else this.events.push(['data', fd, data.toString('latin1')])
    this.#act(`data:${fd}`)
  }

  pipeConnectionLost(fd: number, error: Error | undefined): void {
    this.#tell(`lost:${fd}`, 'lost', fd, nameOf(error))
  }

  processExited(): void {
    this.#tell('exited', 'exited', this.#transport!.getReturncode())
  }

  pauseWriting(): void {
    this.#tell('pause', 'pause')
  }

  resumeWriting(): void {
    this.#tell('resume', 'resume')
  }

  connectionLost(error: Error | undefined): void {
    this.#tell('end', 'end', nameOf(error))
    this.#ended.setResult()
  }

  #tell(key: string, ...told: Told): void {
    this.events.push(told)
    this.#act(key)
  }

  #act(key: string): void {
    const [name, ...args] = this.#actions.get(key) ?? []
    this.#actions.delete(key)
    const transport = this.#transport!
    if (name === 'write') {
      const stdin = transport.getPipeTransport(0) as WriteTransport
      stdin.write(String(args[0]).repeat(Number(args[1])))
    } else if (name === 'close_pipe') transport.getPipeTransport(Number(args[0]))?.close()
    else if (name === 'signal') transport.sendSignal(args[0] as NodeJS.Signals)
    else if (name !== undefined) transport[name as 'kill' | 'terminate' | 'close']()
  }
}

/** What a protocol is told of a script's process. */
export function* told(script: Script): Gen<Told[]> {
  const ended = getRunningLoop().createFuture<void>()
  const factory = () => new Recorder(script, ended)
  const [, protocol] = yield* subprocessShell(factory, script.command, script.stdio)
  yield* ended
  return protocol.events
}
