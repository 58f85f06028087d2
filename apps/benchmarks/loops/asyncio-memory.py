"""What sleeping tasks of asyncio or uvloop take: asyncio-memory.py asyncio|uvloop

The same shape and number as memory.ts and sizes.ts.
"""

import asyncio
import gc
import json
import os
import sys

SLEEPERS = 100_000
DAY = 86_400


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def sleeper():
    await asyncio.sleep(DAY)


async def make(count):
    tasks = [asyncio.create_task(sleeper()) for _ in range(count)]
    for _ in range(4):
        await asyncio.sleep(0)
    return tasks


async def main():
    await make(1000)
    before = resident()
    tasks = await make(SLEEPERS)
    print(json.dumps({"tasks": len(tasks), "resident": resident() - before}), flush=True)
    os._exit(0)


if sys.argv[1] == "uvloop":
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
asyncio.run(main())
