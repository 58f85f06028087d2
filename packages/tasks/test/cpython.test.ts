import { beforeAll, describe, expect, it } from 'vitest'

import { spells, trace, traceOnAsyncio, type Program } from './asyncio-twin.js'
import { RandomProgram } from './random-program.js'

const never: Program = [['sleep', 15]]
const stubborn: Program = [['catch', never, [['sleep', 3]], false]]
const careful: Program = [['finally', never, [['sleep', 2]]]]

const scenarios: Record<string, Program> = {
  'a task cancelled before its first step': [
    ['spawn', 't1', never],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a task cancelled in its last step': [
    ['spawn', 't1', [['self', 'cancel']]],
    ['wait', 't1'],
  ],
  'a task cancelled when its result is on the way': [
    ['future', 'f0'],
    ['spawn', 't1', [['wait', 'f0']]],
    ['sleep', 1],
    ['act', 'set', 'f0'],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a task cancelled again while it cleans up': [
    ['spawn', 't1', careful],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a task that swallows its cancellation': [
    ['spawn', 't1', [...stubborn, ['cancelling'], ['self', 'uncancel'], ['cancelling']]],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a cancellation that is taken back before it is delivered': [
    ['self', 'cancel'],
    ['self', 'uncancel'],
    ['sleep', 1],
  ],
  'a return out of finally': [
    ['spawn', 't1', [['finally', never, [['return', 'kept']]]]],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a task that is cancelled through the tasks it waits for': [
    [
      'spawn',
      't1',
      [
        [
          'spawn',
          't2',
          [
            ['spawn', 't3', careful],
            ['wait', 't3'],
          ],
        ],
        ['wait', 't2'],
      ],
    ],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a done callback that cancels its waiter': [
    ['spawn', 't1', [['sleep', 1]]],
    ['when_done', 't1', 'cancel', 't0'],
    ['wait', 't1'],
    ['sleep', 1],
  ],
  'a gathering cancelled while its only child ends': [
    ['spawn', 't1', [['gather', 'g0', [['t2', never]], false]]],
    ['sleep', 1],
    ['act', 'cancel', 't2'],
    ['sleep', 0],
    ['act', 'cancel', 't1'],
    ['sleep', 0],
    ['sleep', 0],
    ['sleep', 0],
    ['wait', 't1'],
  ],
  'a gathering cancelled whose children do not mind': [
    [
      'spawn',
      't1',
      [
        [
          'gather',
          'g0',
          [
            ['t2', stubborn],
            ['t3', stubborn],
          ],
          true,
        ],
      ],
    ],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a gathering that fails early': [
    [
      'catch',
      [
        [
          'gather',
          'g0',
          [
            ['t1', careful],
            ['t2', [['throw', 'x']]],
          ],
          false,
        ],
      ],
      [],
      false,
    ],
    ['act', 'cancel', 'g0'],
    ['act', 'state', 't1'],
  ],
  'an inner timeout that expires with the outer one': [
    ['timeout', 'd0', 2, [['catch', [['timeout', 'd1', 2, careful]], [['sleep', 1]], true]]],
  ],
  'a timeout that is moved back in time, and moved on': [
    ['timeout', 'd0', 5, [['reschedule', 'd0', -1], ['reschedule', 'd0', 3], ...stubborn]],
  ],
  'a timeout that expires in the turn of a cancellation': [
    [
      'spawn',
      't1',
      [
        ['later', 2, 'cancel', 't1'],
        ['timeout', 'd0', 2, careful],
      ],
    ],
    ['wait', 't1'],
  ],
  'a group whose parent is cancelled while it waits for the others': [
    [
      'spawn',
      't1',
      [
        [
          'group',
          'g0',
          [
            ['join_group', 'g0', 't2', careful],
            ['join_group', 'g0', 't3', stubborn],
          ],
        ],
      ],
    ],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'a group that fails while its parent is cancelled': [
    [
      'spawn',
      't1',
      [
        [
          'catch',
          [
            [
              'group',
              'g0',
              [['join_group', 'g0', 't2', [['finally', never, [['throw', 'x']]]]], ...never],
            ],
          ],
          [['cancelling'], ['sleep', 1]],
          false,
        ],
      ],
    ],
    ['sleep', 1],
    ['act', 'cancel', 't1'],
    ['wait', 't1'],
  ],
  'timeouts in groups in timeouts': [
    [
      'timeout',
      'd0',
      3,
      [
        [
          'group',
          'g0',
          [
            ['join_group', 'g0', 't1', [['timeout', 'd1', 2, careful]]],
            ['join_group', 'g0', 't2', [['group', 'g1', [['join_group', 'g1', 't3', stubborn]]]]],
            ['timeout', 'd2', 4, careful],
          ],
        ],
      ],
    ],
  ],
}

const random = Array.from({ length: 500 }, (_, seed) => new RandomProgram(seed).make())

// TK3..TK6, TK11, TG2..TG7, TO1..TO5: the asyncio of this machine says what is right.
describe('asyncio and ours give the same log', () => {
  const programs = [...Object.values(scenarios), ...random]
  let expected: string[][] = []

  beforeAll(async () => {
    expected = await traceOnAsyncio(programs)
  }, 60_000)

  for (const [spelling, spell] of Object.entries(spells)) {
    for (const [i, name] of Object.keys(scenarios).entries()) {
      it(`of ${name} (${spelling})`, async () => {
        expect(await trace(programs[i] as Program, spell)).toEqual(expected[i])
      })
    }

    it(`of programs made at random (${spelling})`, async () => {
      for (const [i, program] of programs.entries()) {
        expect(await trace(program, spell), JSON.stringify(program)).toEqual(expected[i])
      }
    }, 60_000)
  }
})
