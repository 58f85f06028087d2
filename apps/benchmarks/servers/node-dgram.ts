// Echo of datagrams by node:dgram.
import { createSocket } from 'node:dgram'

const socket = createSocket('udp4')
socket.on('message', (data, { port, address }) => socket.send(data, port, address))
socket.bind(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
