// Echo by a protocol on tsyncio's transport: tsyncio-protocol PORT
import { createServer, run } from 'tsyncio'

import { EchoProtocol } from './echo-protocol.js'

await run(function* () {
  const port = Number(process.argv[2])
  const server = yield* createServer(() => new EchoProtocol(), { host: '127.0.0.1', port })
  console.log('ready')
  yield* server.serveForever()
})
