import {
  IncompleteReadError,
  startServer,
  type Server,
  type StreamReader,
  type StreamWriter,
} from '@tsyncio/streams'
import type { Gen } from '@tsyncio/tasks'

import { Endings, pattern } from './endings.js'

type Command = (reader: StreamReader, writer: StreamWriter, argument: number) => Gen<void>

const commands: Record<string, Command> = {
  *echo(reader, writer) {
    for (let data; (data = yield* reader.read(50_000)) !== null;) {
      writer.write(data)
      yield* writer.drain()
    }
  },
  *lines(reader, writer) {
    for (let line; (line = yield* reader.readLine()) !== null;) {
      writer.write(`${line.length}:${String(line)}`)
      yield* writer.drain()
    }
    writer.write('bye\n')
  },
  *count(reader, writer) {
    writer.write(`${(yield* reader.read())?.length ?? 0}\n`)
  },
  *exactly(reader, writer, count) {
    try {
      writer.write(`got ${(yield* reader.readExactly(count)).length}\n`)
    } catch (error) {
      if (!(error instanceof IncompleteReadError)) throw error
      writer.write(`only ${error.partial.length} of ${error.expected}\n`)
    }
  },
  *until(reader, writer) {
    try {
      for (let i = 0; i < 2; i++) {
        const piece = yield* reader.readUntil('--')
        if (piece === null) return writer.write('left: ')
        writer.write(`<${String(piece)}>`)
      }
    } catch (error) {
      if (!(error instanceof IncompleteReadError)) throw error
      writer.write(`left: ${String(error.partial)}`)
    }
  },
  *flood(reader, writer, count) {
    const data = pattern(50_000)
    for (let i = 0; i < count; i++) {
      writer.write(data)
      yield* writer.drain()
    }
    writer.writeEof()
    writer.writeEof()
    yield* reader.read()
  },
  *late(reader, writer) {
    writer.writeEof()
    try {
      writer.write('late')
    } catch {
      // It must not be sent: that is all that the peer can see.
    }
    yield* reader.read()
  },
  *abort(_reader, writer) {
    writer.transport.abort()
  },
  *close(_reader, writer, count) {
    for (let i = 0; i < count; i++) writer.write(pattern(1_000_000))
  },
}

/** The same as the server of streams in server.py. */
export function streamsServer(): Gen<Server> {
  const endings = new Endings()
  const handle = function* (reader: StreamReader, writer: StreamWriter): Gen<void> {
    const [command = '', argument] = String(yield* reader.readLine())
      .trim()
      .split(' ')
    if (command === 'report') {
      writer.write(yield* endings.report(Number(argument)))
      return writer.close()
    }
    let failure: unknown
    try {
      yield* commands[command]!(reader, writer, Number(argument))
      writer.close()
      yield* writer.waitClosed()
    } catch (error) {
      failure = error
      writer.close()
    }
    endings.add(failure)
  }
  return start(handle)
}

function* start(handle: (reader: StreamReader, writer: StreamWriter) => Gen<void>): Gen<Server> {
  return yield* startServer(handle, { host: '127.0.0.1', port: 0 })
}
