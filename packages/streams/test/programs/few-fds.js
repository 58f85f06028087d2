// A server that echoes. Says its port, and the code of each error in accepting.
import { getRunningLoop } from '@tsyncio/loop'
import { startServer } from '@tsyncio/streams'
import { run } from '@tsyncio/tasks'

const place = { host: '127.0.0.1', port: 0 }

await run(function* () {
  getRunningLoop().setExceptionHandler((_loop, { exception }) => console.log(exception.code))
  const server = yield* startServer(function* (reader, writer) {
    for (let data; (data = yield* reader.read(1024)) !== null;) writer.write(data)
    writer.close()
  }, place)
  process.stdin.on('end', () => server.close()).resume()
  console.log(server.port)
  yield* server.waitClosed()
})
