// Echo by node:tls, as servers/node-net.ts does it.
import { createServer } from 'node:tls'

import { certificate } from './certificate.js'

const server = createServer({ ...certificate, noDelay: true }, (socket) => {
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause()
  })
  socket.on('drain', () => socket.resume())
  socket.on('error', () => socket.destroy())
})

server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 511 }, () => {
  console.log('ready')
})
