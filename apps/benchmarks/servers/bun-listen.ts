// Echo by Bun.listen. Run by bun, not by Node.
interface BunSocket {
  data: Uint8Array | null
  write(data: Uint8Array): number
  pause(): void
  resume(): void
}

interface BunListen {
  hostname: string
  port: number
  socket: {
    open(socket: BunSocket): void
    data(socket: BunSocket, chunk: Uint8Array): void
    drain(socket: BunSocket): void
  }
}

declare const Bun: { listen(options: BunListen): void }

/** Keeps what the peer has not taken, and stops reading until it has. */
function send(socket: BunSocket, bytes: Uint8Array): void {
  const sent = socket.write(bytes)
  if (sent === bytes.length) return
  socket.data = bytes.slice(sent)
  socket.pause()
}

Bun.listen({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  socket: {
    open(socket) {
      socket.data = null
    },
    data(socket, chunk) {
      if (socket.data === null) send(socket, chunk)
      else socket.data = Buffer.concat([socket.data, chunk])
    },
    drain(socket) {
      if (socket.data === null) return
      const rest = socket.data
      socket.data = null
      send(socket, rest)
      if (socket.data === null) socket.resume()
    },
  },
})
console.log('ready')
