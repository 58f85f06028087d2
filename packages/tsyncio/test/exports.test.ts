import * as loop from '@tsyncio/loop'
import * as loopTesting from '@tsyncio/loop/testing'
import * as selectors from '@tsyncio/selectors'
import * as streams from '@tsyncio/streams'
import * as streamsTesting from '@tsyncio/streams/testing'
import * as subprocess from '@tsyncio/subprocess'
import * as tasks from '@tsyncio/tasks'
import * as tasksTesting from '@tsyncio/tasks/testing'
import * as tsyncio from 'tsyncio'
import * as testing from 'tsyncio/testing'
import { describe, expect, it } from 'vitest'

// What the packages export for those who build on them, not for programs.
const lowLevel: Record<string, readonly string[]> = {
  selectors: ['BaseSelector', 'FD_SETSIZE'],
  loop: [
    'BlockingDriver',
    'currentLoop',
    'FdWatchers',
    'HostedDriver',
    'LoopCore',
    'currentLoop',
    'currentStack',
    'dropLeftover',
    'isAskedWhere',
    'isOwnFrame',
    'noteLeftover',
    'onDebugMode',
    'onLoopClose',
    'suspendedStack',
    'PortableDriver',
    'promiseOf',
    'setAmbientLoop',
    'setAwaitStrategy',
    'ReadyQueue',
    'setDeadlockReport',
    'setOutsideWaits',
  ],
  tasks: ['abortable', 'nothingToWaitFor'],
}

describe('tsyncio', () => {
  for (const [name, module] of Object.entries({ selectors, loop, tasks, streams, subprocess })) {
    it(`has every name of @tsyncio/${name} that is for programs, the very same object`, () => {
      const names = Object.keys(module).filter((each) => lowLevel[name]?.includes(each) !== true)
      const ours = tsyncio as Record<string, unknown>
      const theirs = module as Record<string, unknown>
      expect(names.filter((each) => ours[each] !== theirs[each])).toEqual([])
    })
  }

  it('has no name of its own', () => {
    const theirs = new Set(
      [selectors, loop, tasks, streams, subprocess].flatMap((module) => Object.keys(module)),
    )
    const own = Object.keys(tsyncio).filter((name) => !theirs.has(name))
    expect(own.sort()).toEqual(['OSError', 'UnsupportedError', 'unsupportedReason'])
  })
})

describe('tsyncio/testing', () => {
  it('has the kits of the loop, of tasks and of streams, the very same objects', () => {
    const { SocketPair: _, ...kits } = { ...loopTesting, ...tasksTesting, ...streamsTesting }
    expect({ ...testing }).toEqual(kits)
    for (const [name, value] of Object.entries(testing)) {
      expect((kits as Record<string, unknown>)[name]).toBe(value)
    }
  })
})
