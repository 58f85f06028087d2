// Echo by node:net, as its documentation does it: what comes is written back, and
// reading stops while the peer does not take it.
import { createServer } from 'node:net'

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => {
    if (!socket.write(chunk)) socket.pause()
  })
  socket.on('drain', () => socket.resume())
  socket.on('error', () => socket.destroy())
})

server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 511 }, () => {
  console.log('ready')
})
