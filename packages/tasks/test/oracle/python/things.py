"""What every program finds."""

import asyncio
import contextvars


def make_things(loop):
    lock = asyncio.Lock()
    return {
        'future0': loop.create_future(),
        'future1': loop.create_future(),
        'future2': loop.create_future(),
        'variable0': contextvars.ContextVar('variable0', default='none'),
        'variable1': contextvars.ContextVar('variable1', default='none'),
        'lock0': lock,
        'lock1': asyncio.Lock(),
        'event0': asyncio.Event(),
        'event1': asyncio.Event(),
        'condition0': asyncio.Condition(),
        'condition1': asyncio.Condition(lock),
        'semaphore0': asyncio.Semaphore(1),
        'semaphore1': asyncio.Semaphore(2),
        'bounded0': asyncio.BoundedSemaphore(2),
        'barrier0': asyncio.Barrier(2),
        'barrier1': asyncio.Barrier(3),
        'queue0': asyncio.Queue(1),
        'queue1': asyncio.Queue(),
        'priority0': asyncio.PriorityQueue(3),
        'lifo0': asyncio.LifoQueue(2),
    }
