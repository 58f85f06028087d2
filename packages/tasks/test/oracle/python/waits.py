"""What waits: see Wait in program.ts."""

import asyncio

from describe import Item, outcome
from ordered import AsCompleted


class Waits:
    async def wait_sleep(self, me, s):
        delay = s['delay']
        return await asyncio.sleep(self.delay(delay) if delay > 0 else 0)

    async def wait_await(self, me, s):
        thing = self.things.get(s['on'])
        if thing is None or self.circle(thing):
            return 'absent'
        task = asyncio.current_task()
        self.passes[task] = [thing]
        try:
            return await thing
        finally:
            del self.passes[task]

    async def wait_acquire(self, me, s):
        await self.things[s['on']].acquire()

    async def wait_waitEvent(self, me, s):
        await self.things[s['on']].wait()

    async def wait_waitCondition(self, me, s):
        await self.things[s['on']].wait()

    async def wait_waitUntil(self, me, s):
        await self.things[s['on']].wait_for(self.things[s['event']].is_set)

    async def wait_waitBarrier(self, me, s):
        return await self.things[s['on']].wait()

    async def wait_resetBarrier(self, me, s):
        await self.things[s['on']].reset()

    async def wait_abortBarrier(self, me, s):
        await self.things[s['on']].abort()

    async def wait_put(self, me, s):
        await self.things[s['on']].put(Item(s['item']))

    async def wait_get(self, me, s):
        return await self.things[s['on']].get()

    async def wait_join(self, me, s):
        await self.things[s['on']].join()

    async def wait_wait(self, me, s):
        task = asyncio.current_task()
        futures = [self.things[name] for name in s['of'] if name in self.things]
        if not futures or task in futures:
            return 'absent'
        done, _ = await asyncio.wait(
            futures, timeout=self.timeout(s), return_when=s['returnWhen']
        )
        return [future in done for future in futures]

    async def wait_waitFor(self, me, s):
        named = self.things.get(s['of']) if isinstance(s['of'], str) else None
        if isinstance(s['of'], str) and (named is None or self.circle(named)):
            return 'absent'
        task = asyncio.current_task()
        if named is not None:
            self.passes[task] = [named]
        try:
            return await asyncio.wait_for(self.member(s['of']), self.timeout(s))
        finally:
            if named is not None:
                del self.passes[task]

    async def wait_nextCompleted(self, me, s):
        completions = self.things.get(s['on'])
        try:
            if completions is None:
                return 'absent'
            if s['plain']:
                return await next(completions)
            return self.name_of(await anext(completions))
        except (StopIteration, StopAsyncIteration):
            return 'absent'

    async def wait_asCompleted(self, me, s):
        if any(isinstance(each, str) and each not in self.things for each in s['of']):
            return 'absent'
        completed = AsCompleted(map(self.member, s['of']), timeout=self.timeout(s))
        if s['plain']:
            for each in completed:
                self.note(me, 'completes', '', 'ok', await each)
        else:
            async for future in completed:
                self.note(me, 'completes', self.name_of(future), 'ok', outcome(future))
