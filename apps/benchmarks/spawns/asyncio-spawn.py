"""asyncio: asyncio-spawn.py OPERATION SECONDS

The same shapes and numbers as batches.ts and sizes.ts.
"""

import asyncio
import json
import pathlib
import sys
import time

PROGRAMS = 200
HELD_PROGRAMS = 30
AT_ONCE = 16
CAT_BYTES = 2**30
PIECE_BYTES = 65_536
PIN = str(pathlib.Path(__file__).parent.parent / "dist/native/pin")
CAT = (PIN, "1", "/bin/cat")
NOTHING = asyncio.subprocess.DEVNULL
PIPE = asyncio.subprocess.PIPE


async def run_true():
    child = await asyncio.create_subprocess_exec(
        "/bin/true", stdin=NOTHING, stdout=NOTHING, stderr=NOTHING
    )
    await child.wait()


async def sequential(count=PROGRAMS):
    for _ in range(count):
        await run_true()
    return count


async def at_once():
    share = -(-PROGRAMS // AT_ONCE)
    await asyncio.gather(*(sequential(share) for _ in range(AT_ONCE)))
    return share * AT_ONCE


async def cat():
    child = await asyncio.create_subprocess_exec(*CAT, stdin=PIPE, stdout=PIPE)

    async def feed():
        piece = b"x" * PIECE_BYTES
        for _ in range(CAT_BYTES // PIECE_BYTES):
            child.stdin.write(piece)
            await child.stdin.drain()
        child.stdin.close()

    async def count():
        size = 0
        while data := await child.stdout.read(PIECE_BYTES):
            size += len(data)
        return size

    _, back = await asyncio.gather(feed(), count())
    await child.wait()
    assert back == CAT_BYTES
    return back


async def main(operation, seconds):
    batch = {"sequential": sequential, "at-once": at_once, "cat": cat}[operation]
    await batch()
    operations = 0
    cpu, start = time.process_time_ns(), time.perf_counter_ns()
    while True:
        operations += await batch()
        wall = time.perf_counter_ns() - start
        if wall >= seconds * 1e9:
            break
    spent = time.process_time_ns() - cpu
    print(json.dumps({"operations": operations, "cpu": spent, "wall": wall, "held": 0}))


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
