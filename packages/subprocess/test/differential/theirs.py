# Runs the scripts with asyncio's subprocesses and protocols, and prints what each protocol
# was told: the same as ours.ts does.
import asyncio
import errno
import json
import signal
import sys

STDIO = {
    "pipe": asyncio.subprocess.PIPE,
    "null": asyncio.subprocess.DEVNULL,
    "stdout": asyncio.subprocess.STDOUT,
}


def name_of(error):
    if error is None:
        return None
    # The one that a pipe is lost with has no number.
    number = errno.EPIPE if isinstance(error, BrokenPipeError) else error.errno
    return errno.errorcode.get(number, type(error).__name__)


class Recorder(asyncio.SubprocessProtocol):
    def __init__(self, script, ended):
        self.actions = script["actions"]
        self.ended = ended
        self.events = []

    def tell(self, name, *details):
        last = self.events[-1] if self.events else None
        if name == "data" and last is not None and last[:2] == [name, details[0]]:
            last[2] += details[1]
        else:
            self.events.append([name, *details])
        key = name if name in ("made", "exited", "end", "pause", "resume") else f"{name}:{details[0]}"
        action = self.actions.pop(key, None)
        if action is not None:
            self.act(*action)

    def act(self, name, *args):
        transport = self.transport
        if name == "write":
            transport.get_pipe_transport(0).write(args[0].encode() * args[1])
        elif name == "close_pipe":
            transport.get_pipe_transport(args[0]).close()
        elif name == "signal":
            transport.send_signal(getattr(signal, args[0]))
        else:
            getattr(transport, name)()

    def connection_made(self, transport):
        self.transport = transport
        kinds = [transport.get_pipe_transport(fd) is not None for fd in range(3)]
        # Whether it has ended by now goes by chance.
        self.tell("made", kinds)

    def pipe_data_received(self, fd, data):
        self.tell("data", fd, data.decode("latin-1"))

    def pipe_connection_lost(self, fd, error):
        self.tell("lost", fd, name_of(error))

    def process_exited(self):
        self.tell("exited", self.transport.get_returncode())

    def pause_writing(self):
        self.tell("pause")

    def resume_writing(self):
        self.tell("resume")

    def connection_lost(self, error):
        self.tell("end", name_of(error))
        self.ended.set_result(None)


async def told(script):
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    stdio = {name: STDIO[kind] for name, kind in script["stdio"].items()}
    _, protocol = await loop.subprocess_shell(
        lambda: Recorder(script, ended), script["command"], **stdio
    )
    await ended
    return protocol.events


async def main():
    return [await told(script) for script in json.load(sys.stdin)]


print(json.dumps(asyncio.run(main())))
