// Echo by a protocol on tsyncio's TLS: tsyncio-tls PORT
import { createServer, run } from 'tsyncio'

import { certificate } from './certificate.js'
import { EchoProtocol } from './echo-protocol.js'

await run(function* () {
  const place = { host: '127.0.0.1', port: Number(process.argv[2]) }
  const server = yield* createServer(() => new EchoProtocol(), place, { tls: certificate })
  console.log('ready')
  yield* server.serveForever()
})
