import type { Program, Statement } from './program.js'

function spawn(name: string, ...body: Program): Statement {
  return { op: 'spawn', name, body }
}

function join(on: string, name: string, ...body: Program): Statement {
  return { op: 'spawnInGroup', on, name, body }
}

function group(name: string, ...body: Program): Statement {
  return { op: 'group', name, body }
}

function timeout(name: string, delay: number, ...body: Program): Statement {
  return { op: 'timeout', name, delay, body }
}

function cancel(on: string): Statement {
  return { op: 'cancel', on }
}

function wait(on: string): Statement {
  return { op: 'await', on }
}

function sleep(delay: number): Statement {
  return { op: 'sleep', delay }
}

function swallow(body: Program, ...handler: Program): Statement {
  return { op: 'catch', only: 'everything', body, handler }
}

function lastly(body: Program, ...last: Program): Statement {
  return { op: 'finally', body, last }
}

function gather(returnExceptions: boolean, ...of: string[]): Program {
  return [{ op: 'gather', name: 'gather0', of, returnExceptions }, wait('gather0')]
}

function hold(on: string, ...body: Program): Statement {
  return { op: 'hold', on, body }
}

const never = sleep(15)
const stubborn = swallow([never], sleep(3))
const careful = lastly([never], sleep(2))
const failing: Statement = { op: 'throw', error: 'x' }
const cancelling: Statement = { op: 'cancelling', on: 'task1' }

/** Programs in which something happens at the worst of moments. */
export const scenarios: Record<string, Program> = {
  'a task cancelled before its first step': [spawn('task1', never), cancel('task1'), wait('task1')],
  'a task cancelled in its last step': [spawn('task1', cancel('task1')), wait('task1')],
  'a task cancelled when its result is on the way': [
    spawn('task1', wait('future0')),
    sleep(1),
    { op: 'set', on: 'future0' },
    cancel('task1'),
    wait('task1'),
  ],
  'a task cancelled again while it cleans up': [
    spawn('task1', careful),
    sleep(1),
    cancel('task1'),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a task that swallows its cancellation': [
    spawn('task1', stubborn, cancelling, { op: 'uncancel', on: 'task1' }, cancelling),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a cancellation that is taken back before it is delivered': [
    cancel('task0'),
    { op: 'uncancel', on: 'task0' },
    sleep(1),
  ],
  'a return out of finally': [
    spawn('task1', lastly([never], { op: 'return', value: 'kept' })),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a task that is cancelled through the tasks it waits for': [
    spawn('task1', spawn('task2', spawn('task3', careful), wait('task3')), wait('task2')),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a done callback that cancels its waiter': [
    spawn('task1', sleep(1)),
    { op: 'watch', on: 'task1', name: 'watcher0', act: [{ op: 'cancel', on: 'task0' }] },
    wait('task1'),
    sleep(1),
  ],
  'a gathering cancelled while its only child ends': [
    spawn('task2', never),
    spawn('task1', ...gather(false, 'task2')),
    sleep(1),
    cancel('task2'),
    sleep(0),
    cancel('task1'),
    sleep(0),
    sleep(0),
    sleep(0),
    wait('task1'),
  ],
  'a gathering cancelled whose children do not mind': [
    spawn('task2', stubborn),
    spawn('task3', stubborn),
    spawn('task1', ...gather(true, 'task2', 'task3')),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a gathering that fails early': [
    spawn('task1', careful),
    spawn('task2', failing),
    swallow(gather(false, 'task1', 'task2')),
    cancel('gather0'),
    { op: 'state', on: 'task1' },
  ],
  'an inner timeout that expires with the outer one': [
    timeout('timeout0', 2, swallow([timeout('timeout1', 2, careful)], sleep(1))),
  ],
  'a timeout that is moved back in time, and moved on': [
    timeout(
      'timeout0',
      5,
      { op: 'reschedule', on: 'timeout0', delay: -1 },
      { op: 'reschedule', on: 'timeout0', delay: 3 },
      stubborn,
    ),
  ],
  'a timeout that expires in the turn of a cancellation': [
    spawn(
      'task1',
      { op: 'later', name: 'callback0', delay: 2, act: [{ op: 'cancel', on: 'task1' }] },
      timeout('timeout0', 2, careful),
    ),
    wait('task1'),
  ],
  'a timeout whose request was taken back by its body': [
    timeout('timeout0', -1, swallow([never], { op: 'uncancel', on: 'task0' }), sleep(1)),
    { op: 'cancelling', on: 'task0' },
  ],
  'a group whose parent is cancelled while it waits for the others': [
    spawn(
      'task1',
      group('group0', join('group0', 'task2', careful), join('group0', 'task3', stubborn)),
    ),
    sleep(1),
    cancel('task1'),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a group that fails while its parent is cancelled': [
    spawn(
      'task1',
      swallow(
        [group('group0', join('group0', 'task2', lastly([never], failing)), never)],
        cancelling,
        sleep(1),
      ),
    ),
    sleep(1),
    cancel('task1'),
    wait('task1'),
  ],
  'a group whose child waits for its parent': [
    group('group0', join('group0', 'task1', wait('task0')), join('group0', 'task2', failing)),
  ],
  'timeouts in groups in timeouts': [
    timeout(
      'timeout0',
      3,
      group(
        'group0',
        join('group0', 'task1', timeout('timeout1', 2, careful)),
        join('group0', 'task2', group('group1', join('group1', 'task3', stubborn))),
        timeout('timeout2', 4, careful),
      ),
    ),
  ],
  'a lock whose next holder is cancelled when it was just woken': [
    spawn('task1', hold('lock0', sleep(1))),
    spawn('task2', hold('lock0', sleep(1))),
    spawn('task3', hold('lock0', sleep(1))),
    { op: 'watch', on: 'task1', name: 'watcher0', act: [{ op: 'cancel', on: 'task2' }] },
    sleep(9),
  ],
  'a notified waiter that is cancelled while it gets its lock back': [
    spawn('task1', hold('condition0', { op: 'waitCondition', on: 'condition0' })),
    spawn('task2', hold('condition0', { op: 'waitCondition', on: 'condition0' })),
    sleep(1),
    hold('condition0', { op: 'notify', on: 'condition0', count: 1 }, cancel('task1'), sleep(1)),
    sleep(5),
  ],
  'a getter that is cancelled when an item was just put': [
    spawn('task1', { op: 'get', on: 'queue0' }),
    spawn('task2', { op: 'get', on: 'queue0' }),
    sleep(1),
    { op: 'putNowait', on: 'queue0', item: '1a' },
    cancel('task1'),
    sleep(1),
  ],
}
