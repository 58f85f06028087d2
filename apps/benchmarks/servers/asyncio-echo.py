"""Echo by asyncio or uvloop: asyncio-echo.py asyncio|uvloop protocol|streams|datagrams PORT"""

import asyncio
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main(style, port):
    loop = asyncio.get_running_loop()
    if style == "datagrams":
        await loop.create_datagram_endpoint(EchoDatagrams, local_addr=("127.0.0.1", port))
        print("ready", flush=True)
        await loop.create_future()
    if style == "protocol":
        server = await loop.create_server(Echo, "127.0.0.1", port, backlog=511)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", port, backlog=511)
    print("ready", flush=True)
    await server.serve_forever()


flavour, style, port = sys.argv[1:]
if flavour == "uvloop":
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
asyncio.run(main(style, int(port)))
