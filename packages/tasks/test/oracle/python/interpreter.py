"""Runs programs on CPython's asyncio, in virtual time, and gives their traces.

See program.ts for what a program is. While one runs, nothing is collected: a task that
only its waiter knows would be gone.
"""

import asyncio
import gc
import json
import logging
import sys
import warnings

from actions import Actions
from describe import Failure, outcome, show
from flows import Flows
from things import make_things
from virtual_loop import VirtualLoop
from waits import Waits


class Interpreter(Actions, Waits, Flows):
    patience = 50
    longest = 60

    def __init__(self, loop):
        self.loop = loop
        self.trace = []
        self.things = make_things(loop)
        self.names = {}
        self.timers = 0
        # What a cancellation of one is passed on to.
        self.passes = {}

    def start(self, program):
        self.loop.call_soon(self.act_spawn, '', {'name': 'task0', 'body': program})
        self.loop.call_later(self.patience, self.end, 1)

    def end(self, attempt):
        rest = [task for task in self.loop.tasks if not task.done()]
        if not rest or attempt == self.longest:
            for task, name in self.names.items():
                self.note(name, 'ends', '', 'ok', f'{outcome(task)} {task.cancelling()}')
            return self.loop.stop()
        self.note('main', 'cancels', '', 'ok', len(rest))
        for task in rest:
            task.cancel()
        self.loop.call_later(self.patience, self.end, attempt + 1)

    # No two deadlines are the same: each has a fraction of its own, and is due at the
    # full millisecond that follows.
    def delay(self, delay):
        self.timers += 1
        return delay - 1 + self.timers / 2**20

    def timeout(self, statement):
        timeout = statement['timeout']
        return None if timeout is None else self.delay(timeout)

    def note(self, who, op, on, outcome, detail=''):
        self.trace.append(f'{self.loop.now} {who} {op} {on} {outcome} {show(detail)}')

    # What finds nothing to work on has neither succeeded nor failed.
    def note_end(self, me, op, on, detail):
        if detail == 'absent':
            self.note(me, op, on, 'absent')
        else:
            self.note(me, op, on, 'ok', detail)

    async def task(self, me, program):
        self.note(me, 'begins', '', 'ok')
        try:
            result = await self.run(me, program)
        except BaseException as error:
            self.note(me, 'raises', '', 'ok', error)
            raise
        self.note(me, 'returns', '', 'ok', result)
        return me if result is None else result

    async def run(self, me, program):
        for statement in program:
            result = await self.step(me, statement)
            if result is not None:
                return result

    async def step(self, me, statement):
        op = statement['op']
        if hasattr(self, f'act_{op}'):
            return self.act(me, statement)
        on = statement.get('on', statement.get('name', ''))
        result = None
        try:
            if hasattr(self, f'wait_{op}'):
                detail = await getattr(self, f'wait_{op}')(me, statement)
            else:
                detail = result = await getattr(self, f'flow_{op}')(me, statement)
        except asyncio.CancelledError as error:
            self.note(me, op, on, 'cancelled', error)
            raise
        except BaseException as error:
            self.note(me, op, on, 'failed', error)
            raise
        self.note_end(me, op, on, detail)
        return result

    def act(self, me, statement):
        op = statement['op']
        on = statement.get('on', statement.get('name', ''))
        if 'on' in statement and on not in self.things:
            return self.note(me, op, on, 'absent')
        try:
            detail = getattr(self, f'act_{op}')(me, statement)
        except BaseException as error:
            self.note(me, op, on, 'failed', error)
        else:
            self.note_end(me, op, on, detail)

    def callback(self, statement):
        name = statement['name']

        def call(*_):
            self.note(name, 'called', '', 'ok')
            for action in statement['act']:
                self.act(name, action)
            if statement.get('raises'):
                raise Failure(name)

        return call

    def member(self, member):
        if isinstance(member, str):
            return self.things.get(member)
        return self.task(member['name'], member['body'])

    def circle(self, thing):
        """Whether a cancellation of the thing would come back to this task."""
        me = asyncio.current_task()
        seen, rest = set(), [thing]
        while rest:
            each = rest.pop()
            if each is me:
                return True
            if each not in seen:
                seen.add(each)
                rest += self.passes.get(each, ())
        return False

    # Not None for no context: for a done callback that is another one than no argument.
    def context(self, statement):
        context = self.things.get(statement.get('context'))
        return {} if context is None else {'context': context}

    def name_of(self, thing):
        return next((name for name, each in self.things.items() if each is thing), 'somebody')


def trace(program):
    loop = VirtualLoop()
    interpreter = Interpreter(loop)
    interpreter.start(program)
    loop.run_forever()
    loop.close()
    return interpreter.trace


gc.disable()
# Programs leave behind what they like.
warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)
sys.unraisablehook = lambda *_: None


noise = []


def run(programs, allocations):
    """The traces of programs, both in JSON.

    What is allocated before each program moves all that it makes to other addresses.
    """
    # The host's own loop counts as running while it calls this.
    host = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        traces = []
        for i, program in enumerate(json.loads(programs)):
            noise.append([bytearray(j % 200) for j in range(i * allocations % 101)])
            traces.append(trace(program))
        return json.dumps(traces)
    finally:
        noise.clear()
        gc.collect()
        asyncio._set_running_loop(host)
