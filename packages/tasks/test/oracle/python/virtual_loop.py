"""An event loop in virtual time, which holds all that it makes."""

import asyncio
import math


class VirtualLoop(asyncio.BaseEventLoop):
    """Where others wait, jumps to the next full millisecond at which a timer is due."""

    def __init__(self):
        super().__init__()
        self.now = 0
        self.tasks = []
        self.futures = []
        self._selector = self
        self._clock_resolution = 2**-30
        self.set_exception_handler(lambda *_: None)

    def time(self):
        return self.now

    def select(self, timeout):
        if timeout:
            self.now = math.ceil(self.now + timeout)
        return ()

    def _process_events(self, events):
        pass

    def create_future(self):
        self.futures.append(super().create_future())
        return self.futures[-1]

    def create_task(self, coro, **options):
        # An eager task makes others before it is made.
        place = len(self.tasks)
        self.tasks.append(None)
        try:
            self.tasks[place] = super().create_task(coro, **options)
        except BaseException:
            del self.tasks[place]
            raise
        return self.tasks[place]
