"""asyncio and uvloop: asyncio-loop.py asyncio|uvloop OPERATION SECONDS

The same shapes and numbers as tsyncio.ts and sizes.ts.
"""

import asyncio
import json
import sys
import time

CALLBACKS = 200_000
TIMERS = 1_000_000
TASKS = 100
ROUNDS = 1_000
PAIR_ROUNDS = 50_000
DEPTH = 20
DEEP_ROUNDS = 100
DAY = 86_400
WARM_SHARE = 0.25


async def call_soon():
    loop = asyncio.get_running_loop()
    drained = loop.create_future()
    left = CALLBACKS

    def callback():
        nonlocal left
        left -= 1
        if left == 0:
            drained.set_result(CALLBACKS)

    for _ in range(CALLBACKS):
        loop.call_soon(callback)
    return await drained


def nothing():
    pass


async def timers():
    loop = asyncio.get_running_loop()
    made = [loop.call_later(DAY, nothing) for _ in range(TIMERS)]
    for timer in made:
        timer.cancel()
    await asyncio.sleep(0)
    return TIMERS


async def timeouts():
    loop = asyncio.get_running_loop()
    for _ in range(TIMERS):
        loop.call_later(DAY, nothing).cancel()
    await asyncio.sleep(0)
    return TIMERS


async def sleeper():
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


async def waiter():
    loop = asyncio.get_running_loop()
    for _ in range(ROUNDS):
        future = loop.create_future()
        loop.call_soon(future.set_result, None)
        await future


async def take_turns(work, tasks=TASKS, rounds=ROUNDS):
    started = [asyncio.create_task(work()) for _ in range(tasks)]
    for task in started:
        await task
    return tasks * rounds


async def paired_sleeper():
    for _ in range(PAIR_ROUNDS):
        await asyncio.sleep(0)


async def lock_hand_overs():
    lock = asyncio.Lock()

    async def contend():
        for _ in range(PAIR_ROUNDS):
            await lock.acquire()
            lock.release()

    await lock.acquire()
    tasks = [asyncio.create_task(contend()) for _ in range(2)]
    await asyncio.sleep(0)
    lock.release()
    for task in tasks:
        await task
    return 2 * PAIR_ROUNDS


async def queue_hand_overs():
    there, back = asyncio.Queue(1), asyncio.Queue(1)

    async def serve():
        for i in range(PAIR_ROUNDS):
            await there.put(i)
            await back.get()

    async def reply():
        for _ in range(PAIR_ROUNDS):
            await back.put(await there.get())

    for task in [asyncio.create_task(side()) for side in (serve, reply)]:
        await task
    return 2 * PAIR_ROUNDS


async def deep(level):
    if level == 0:
        await asyncio.sleep(0)
    else:
        await deep(level - 1)


async def diver():
    for _ in range(DEEP_ROUNDS):
        await deep(DEPTH)


async def empty():
    pass


async def create():
    for _ in range(CALLBACKS):
        await asyncio.create_task(empty())
    return CALLBACKS


BATCHES = {
    "call-soon": call_soon,
    "timers": timers,
    "timeouts": timeouts,
    "switch-sleep": lambda: take_turns(sleeper),
    "switch-future": lambda: take_turns(waiter),
    "switch-pair": lambda: take_turns(paired_sleeper, 2, PAIR_ROUNDS),
    "hand-over-lock": lock_hand_overs,
    "hand-over-queue": queue_hand_overs,
    "deep": lambda: take_turns(diver, TASKS, DEEP_ROUNDS),
    "create": create,
}


async def repeat(batch, seconds):
    operations = 0
    end = time.monotonic() + seconds
    while True:
        operations += await batch()
        if time.monotonic() >= end:
            return operations


async def main(batch, seconds):
    await repeat(batch, seconds * WARM_SHARE)
    cpu, wall = time.process_time_ns(), time.monotonic_ns()
    operations = await repeat(batch, seconds)
    cpu, wall = time.process_time_ns() - cpu, time.monotonic_ns() - wall
    print(json.dumps({"operations": operations, "cpu": cpu, "wall": wall}))


flavour, operation, seconds = sys.argv[1:]
if flavour == "uvloop":
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
asyncio.run(main(BATCHES[operation], float(seconds)))
