"""The names that both interpreters have for values and errors."""

import asyncio


class Failure(Exception):
    pass


class Item(str):
    """What goes through queues: its digit is its priority."""

    def __lt__(self, other):
        return self[0] < other[0]


NAMES = {
    TimeoutError: 'timeout',
    RuntimeError: 'refused',
    ValueError: 'refused',
    asyncio.InvalidStateError: 'refused',
    asyncio.BrokenBarrierError: 'broken',
    asyncio.QueueEmpty: 'empty',
    asyncio.QueueFull: 'full',
    asyncio.QueueShutDown: 'shut down',
}


def describe(error):
    if isinstance(error, asyncio.CancelledError):
        return f'cancelled({error})' if str(error) else 'cancelled'
    if isinstance(error, BaseExceptionGroup):
        return '[' + ' '.join(map(describe, error.exceptions)) + ']'
    if isinstance(error, Failure):
        return str(error)
    return NAMES.get(type(error), f'{type(error).__name__}: {error}')


def show(value):
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return '(' + ' '.join(map(show, value)) + ')'
    return '' if value is None else str(value)


def outcome(future):
    try:
        return show(future.result()) if future.done() else 'pending'
    except BaseException as error:
        return describe(error)
