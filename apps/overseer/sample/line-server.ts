// A TCP server on streams: answers each line with the line and its number.
import { run, startServer, type Gen, type StreamReader, type StreamWriter } from 'tsyncio'

const port = Number(process.env['PORT'] ?? 5000)
let lines = 0

function* serve(reader: StreamReader, writer: StreamWriter): Gen<void> {
  for (let line; (line = yield* reader.readLine()) !== null;) {
    lines++
    writer.write(`${lines}: ${String(line)}`)
    yield* writer.drain()
  }
  writer.close()
}

await run(function* () {
  const server = yield* startServer(serve, { host: '127.0.0.1', port })
  console.log(`answers lines on port ${server.port}`)
  yield* server.serveForever()
})
