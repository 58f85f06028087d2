"""CPython is equal to itself only where its sets have an order.

A set of tasks has the order of their addresses. Here a group cancels its tasks, and
as_completed starts them, in the order in which they were made.
"""

import asyncio
from asyncio import taskgroups, tasks


class Ordered(dict):
    """A set that iterates in the order of insertion."""

    def __init__(self, items=()):
        super().__init__(dict.fromkeys(items))

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)

    def remove(self, item):
        del self[item]


tasks.set = taskgroups.set = Ordered


class AsCompleted(tasks._AsCompletedIterator):
    def __init__(self, awaitables, timeout):
        super().__init__((), None)
        loop = asyncio.get_running_loop()
        todo = Ordered(tasks.ensure_future(each, loop=loop) for each in Ordered(awaitables))
        for future in todo:
            future.add_done_callback(self._handle_completion)
        if todo and timeout is not None:
            self._timeout_handle = loop.call_later(timeout, self._handle_timeout)
        self._todo = todo
        self._todo_left = len(todo)
