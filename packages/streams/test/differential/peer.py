# Talks to a server by plain sockets, as its scripts say, and prints what it has seen. It
# never goes by time: it waits for bytes, for the end, or for an error.
import errno
import functools
import hashlib
import json
import socket
import struct
import sys


@functools.cache
def pattern(count):
    return bytes(i * 7 % 251 for i in range(count))


class Peer:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seen = []

    def run(self, script):
        for name, *args in script:
            try:
                getattr(self, name)(*args)
            except OSError as error:
                self.seen.append([name, errno.errorcode.get(error.errno, str(error))])
                break
        self.sock.close()
        return self.seen

    def say(self, text):
        self.sock.sendall(text.encode())

    def send(self, count, size):
        """So many bytes in writes of that size."""
        data = pattern(count)
        for at in range(0, count, size):
            self.sock.sendall(data[at : at + size])

    def hear(self, count):
        """Exactly so many bytes, or what there is before the end."""
        self.note("hear", self.take(count))

    def hear_all(self):
        self.note("hear_all", self.take(None))
        self.seen.append(["end"])

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def take(self, count):
        data = bytearray()
        while count is None or len(data) < count:
            # How much comes before a reset is up to the kernel: an error tells nothing of it.
            piece = self.sock.recv(65536 if count is None else count - len(data))
            if not piece:
                break
            data += piece
        return bytes(data)

    def note(self, name, data):
        short = len(data) <= 200
        text = data.decode("latin-1") if short else hashlib.sha256(data).hexdigest()
        self.seen.append([name, len(data), text])


port, scripts = int(sys.argv[1]), json.load(sys.stdin)
json.dump([Peer(port).run(script) for script in scripts], sys.stdout)
