// Echo by tsyncio's streams, in both spellings: tsyncio-streams generator|async PORT
import { run, startServer, type StreamReader, type StreamWriter } from 'tsyncio'

const CHUNK = 65_536

function* echo(reader: StreamReader, writer: StreamWriter) {
  for (let chunk: Buffer | null; (chunk = yield* reader.read(CHUNK)) !== null;) {
    writer.write(chunk)
    yield* writer.drain()
  }
  writer.close()
}

async function echoAsync(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for (let chunk: Buffer | null; (chunk = await reader.read(CHUNK)) !== null;) {
    writer.write(chunk)
    await writer.drain()
  }
  writer.close()
}

const [spelling, port] = process.argv.slice(2)
const handler = spelling === 'async' ? echoAsync : echo

await run(function* () {
  const server = yield* startServer(handler, { host: '127.0.0.1', port: Number(port) })
  console.log('ready')
  yield* server.serveForever()
})
