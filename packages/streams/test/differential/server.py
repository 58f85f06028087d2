# asyncio's server, of streams or of protocols: the same as streams-server.ts and
# protocol-server.ts.
import asyncio
import errno
import functools
import sys


@functools.cache
def pattern(count):
    return bytes(i * 7 % 251 for i in range(count))


def name_of(error):
    if error is None:
        return "none"
    if isinstance(error, OSError):
        # "Connection lost", of drain(), has no number.
        return errno.errorcode.get(error.errno, "ECONNRESET")
    # The one wanted difference: a line above the limit is a LimitOverrunError of readLine.
    return {"ValueError": "LimitOverrunError"}.get(type(error).__name__, type(error).__name__)


endings = []
changed = None


def ended(error):
    endings.append(name_of(error))
    changed.set()


async def report(count):
    while len(endings) < count:
        changed.clear()
        await changed.wait()
    text = " ".join(endings)
    endings.clear()
    return text.encode()


async def serve(command, args, reader, writer):
    if command == "echo":
        while data := await reader.read(50_000):
            writer.write(data)
            await writer.drain()
    elif command == "lines":
        while line := await reader.readline():
            writer.write(b"%d:" % len(line) + line)
            await writer.drain()
        writer.write(b"bye\n")
    elif command == "count":
        writer.write(b"%d\n" % len(await reader.read()))
    elif command == "exactly":
        try:
            writer.write(b"got %d\n" % len(await reader.readexactly(int(args[0]))))
        except asyncio.IncompleteReadError as error:
            writer.write(b"only %d of %d\n" % (len(error.partial), error.expected))
    elif command == "until":
        try:
            writer.write(b"<" + await reader.readuntil(b"--") + b">")
            writer.write(b"<" + await reader.readuntil(b"--") + b">")
        except asyncio.IncompleteReadError as error:
            writer.write(b"left: " + error.partial)
    elif command == "flood":
        data = pattern(50_000)
        for _ in range(int(args[0])):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
        writer.write_eof()
        await reader.read()
    elif command == "late":
        writer.write_eof()
        try:
            writer.write(b"late")
        except RuntimeError:
            pass
        await reader.read()
    elif command == "abort":
        writer.transport.abort()
    elif command == "close":
        writer.write(pattern(1_000_000) * int(args[0]))


async def handle(reader, writer):
    command, *args = (await reader.readline()).decode().split()
    if command == "report":
        writer.write(await report(int(args[0])))
        writer.close()
        return
    error = None
    try:
        await serve(command, args, reader, writer)
        writer.close()
        await writer.wait_closed()
    except Exception as e:
        error = e
        writer.close()
    ended(error)


class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.command = None
        self.left = 0
        self.taken = 0
        self.paused = False

    def data_received(self, data):
        if self.command is None:
            line, data = data.split(b"\n", 1)
            self.command, *args = line.decode().split()
            getattr(self, self.command, lambda *_: None)(*args)
        self.taken += len(data)
        if self.command == "echo" and data:
            self.transport.write(data)

    def report(self, count):
        async def answer():
            self.transport.write(await report(int(count)))
            self.transport.close()

        self.answer = asyncio.ensure_future(answer())

    def abort(self):
        self.transport.abort()

    def close(self, count):
        self.transport.write(pattern(1_000_000) * int(count))
        self.transport.close()

    def flood(self, count):
        self.left = int(count)
        self.go_on()

    def go_on(self):
        while self.left > 0 and not self.paused:
            self.left -= 1
            self.transport.write(pattern(50_000))
            if self.left == 0:
                self.transport.write_eof()

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.go_on()

    def eof_received(self):
        if self.command == "count":
            self.transport.write(b"%d\n" % self.taken)
            self.transport.close()
        return self.command == "count"

    def connection_lost(self, error):
        if self.command != "report":
            ended(error)


async def main():
    global changed
    changed = asyncio.Event()
    loop = asyncio.get_running_loop()
    if sys.argv[1] == "streams":
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
    else:
        server = await loop.create_server(Server, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
