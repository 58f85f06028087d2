// Echo by two worker threads that share a port: tsyncio-shared PORT
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

import { createServer, run } from 'tsyncio'

import { EchoProtocol } from './echo-protocol.js'

const THREADS = 2

if (isMainThread) {
  const port = Number(process.argv[2])
  const workers = Array.from(
    { length: THREADS },
    () => new Worker(new URL(import.meta.url), { workerData: port }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  console.log('ready')
} else {
  await run(function* () {
    const place = { host: '127.0.0.1', port: workerData as number }
    const server = yield* createServer(() => new EchoProtocol(), place, { reusePort: true })
    parentPort?.postMessage('ready')
    yield* server.serveForever()
  })
}
