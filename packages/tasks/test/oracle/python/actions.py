"""What is done to things: see Action in program.ts."""

import asyncio
import contextvars

from describe import Failure, Item, outcome
from ordered import AsCompleted


class Actions:
    def act_cancel(self, me, s):
        return self.things[s['on']].cancel(s.get('message'))

    def act_uncancel(self, me, s):
        return self.things[s['on']].uncancel()

    def act_cancelling(self, me, s):
        return self.things[s['on']].cancelling()

    def act_state(self, me, s):
        return outcome(self.things[s['on']])

    def act_set(self, me, s):
        self.things[s['on']].set_result(me)

    def act_fail(self, me, s):
        self.things[s['on']].set_exception(Failure(me))

    def act_future(self, me, s):
        self.things[s['name']] = self.loop.create_future()

    def act_context(self, me, s):
        self.things[s['name']] = contextvars.copy_context()

    def act_whoami(self, me, s):
        task = asyncio.current_task()
        return 'nobody' if task is None else self.names.get(task, 'somebody')

    def spawn(self, make, s, **options):
        script = self.task(s['name'], s['body'])
        try:
            task = make(script, name=s['name'], **self.context(s), **options)
        except BaseException:
            script.close()
            raise
        self.names[task] = s['name']
        self.things[s['name']] = task

    def act_spawn(self, me, s):
        self.spawn(self.loop.create_task, s)

    def act_spawnEagerly(self, me, s):
        self.spawn(self.loop.create_task, s, eager_start=True)

    def act_spawnInGroup(self, me, s):
        self.spawn(self.things[s['on']].create_task, s)

    def act_spawnInGroupEagerly(self, me, s):
        self.spawn(self.things[s['on']].create_task, s, eager_start=True)

    def act_soon(self, me, s):
        call = self.callback(s)

        def wait(left):
            if left == 0:
                return call()
            self.things[s['name']] = self.loop.call_soon(wait, left - 1)

        self.things[s['name']] = self.loop.call_soon(wait, s['turns'], **self.context(s))

    def act_later(self, me, s):
        self.things[s['name']] = self.loop.call_later(self.delay(s['delay']), self.callback(s))

    def act_at(self, me, s):
        when = self.loop.time() + self.delay(s['delay'])
        self.things[s['name']] = self.loop.call_at(when, self.callback(s))

    def act_unschedule(self, me, s):
        handle = self.things.get(s['name'])
        if handle is None:
            return 'none'
        handle.cancel()
        return handle.cancelled()

    def act_watch(self, me, s):
        call = self.callback(s)
        self.things[s['name']] = call
        self.things[s['on']].add_done_callback(call, **self.context(s))

    def act_unwatch(self, me, s):
        return self.things[s['on']].remove_done_callback(self.things.get(s['name']))

    def act_gather(self, me, s):
        named = [member for member in s['of'] if isinstance(member, str)]
        if any(name not in self.things for name in named):
            return 'absent'
        before = len(self.loop.tasks)
        members = map(self.member, s['of'])
        gathered = asyncio.gather(*members, return_exceptions=s['returnExceptions'])
        self.loop.futures.append(gathered)
        self.passes[gathered] = [self.things[name] for name in named] + self.loop.tasks[before:]
        self.things[s['name']] = gathered

    def act_setVariable(self, me, s):
        self.things[s['name']] = self.things[s['on']].set(s['value'])

    def act_getVariable(self, me, s):
        return self.things[s['on']].get()

    def act_resetVariable(self, me, s):
        token = self.things[s['on']]
        token.var.reset(token)

    def act_reschedule(self, me, s):
        delay = s['delay']
        when = None if delay is None else self.loop.time() + self.delay(delay)
        self.things[s['on']].reschedule(when)

    def act_shield(self, me, s):
        if isinstance(s['of'], str) and s['of'] not in self.things:
            return 'absent'
        self.things[s['name']] = asyncio.shield(self.member(s['of']))

    def act_completions(self, me, s):
        if any(isinstance(each, str) and each not in self.things for each in s['of']):
            return 'absent'
        members = map(self.member, s['of'])
        self.things[s['name']] = AsCompleted(members, timeout=self.timeout(s))

    def act_inspect(self, me, s):
        thing = self.things[s['on']]
        if isinstance(thing, asyncio.Event):
            return thing.is_set()
        if isinstance(thing, asyncio.Queue):
            return [thing.qsize(), thing.empty(), thing.full()]
        if isinstance(thing, asyncio.Barrier):
            return [thing.n_waiting, thing.broken]
        return thing.locked()

    def act_release(self, me, s):
        self.things[s['on']].release()

    def act_setEvent(self, me, s):
        self.things[s['on']].set()

    def act_clearEvent(self, me, s):
        self.things[s['on']].clear()

    def act_notify(self, me, s):
        self.things[s['on']].notify(s['count'])

    def act_notifyAll(self, me, s):
        self.things[s['on']].notify_all()

    def act_putNowait(self, me, s):
        self.things[s['on']].put_nowait(Item(s['item']))

    def act_getNowait(self, me, s):
        return self.things[s['on']].get_nowait()

    def act_taskDone(self, me, s):
        self.things[s['on']].task_done()

    def act_shutdown(self, me, s):
        self.things[s['on']].shutdown(s['immediate'])
