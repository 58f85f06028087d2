"""What decides which statements run: see Flow in program.ts."""

import asyncio

from describe import Failure


def takes(only, error):
    # What a program leaves behind unfinished is closed, and must not go on.
    if isinstance(error, GeneratorExit):
        return False
    return only == 'everything' or isinstance(error, asyncio.CancelledError) == (
        only == 'cancellations'
    )


class Flows:
    async def flow_throw(self, me, s):
        if s['error'] == 'timeout':
            raise TimeoutError
        if s['error'] == 'cancelled':
            raise asyncio.CancelledError
        raise Failure(s['error'])

    async def flow_return(self, me, s):
        return s['value']

    async def flow_repeat(self, me, s):
        for _ in range(s['times']):
            result = await self.run(me, s['body'])
            if result is not None:
                return result

    async def flow_call(self, me, s):
        return await self.run(me, s['body'])

    flow_coroutine = flow_call

    async def flow_catch(self, me, s):
        try:
            return await self.run(me, s['body'])
        except BaseException as error:
            if not takes(s['only'], error):
                raise
            self.note(me, 'catches', s['only'], 'ok', error)
            result = await self.run(me, s['handler'])
            if s.get('rethrow'):
                raise
            return result

    async def flow_finally(self, me, s):
        try:
            result = await self.run(me, s['body'])
        except GeneratorExit:
            raise
        except BaseException:
            override = await self.run(me, s['last'])
            if override is None:
                raise
            return override
        override = await self.run(me, s['last'])
        return result if override is None else override

    async def within(self, me, s, timeout):
        try:
            async with timeout:
                self.things[s['name']] = timeout
                return await self.run(me, s['body'])
        finally:
            self.note(me, 'expired', s['name'], 'ok', timeout.expired())

    async def flow_timeout(self, me, s):
        delay = s['delay']
        limit = asyncio.timeout(None if delay is None else self.delay(delay))
        return await self.within(me, s, limit)

    async def flow_timeoutAt(self, me, s):
        delay = s['delay']
        when = None if delay is None else self.loop.time() + self.delay(delay)
        return await self.within(me, s, asyncio.timeout_at(when))

    async def flow_group(self, me, s):
        async with asyncio.TaskGroup() as group:
            self.things[s['name']] = group
            result = await self.run(me, s['body'])
        return result

    async def flow_hold(self, me, s):
        async with self.things[s['on']]:
            return await self.run(me, s['body'])
