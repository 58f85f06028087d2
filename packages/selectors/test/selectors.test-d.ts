import {
  type BaseSelector,
  DefaultSelector,
  Epoll,
  type EpollSelector,
  EVENT_READ,
  fileno,
  Poll,
  type PollSelector,
  select,
  type SelectSelector,
  type FileDescriptorLike,
  type ReadyList,
  type Selector,
  type SelectorKey,
  type SelectorMap,
} from '@tsyncio/selectors'
import { type ScriptedSelector } from '@tsyncio/selectors/testing'
import { expectTypeOf, test } from 'vitest'

class Connection {
  fileno(): number {
    return 0
  }
}

test('select gives back the types of what it was given', () => {
  const connections: Connection[] = []
  const mixed = [new Connection(), 1] as const
  expectTypeOf(select(connections, [process.stdout], mixed)).toEqualTypeOf<
    [readable: Connection[], writable: (typeof process.stdout)[], exceptional: (1 | Connection)[]]
  >()
  expectTypeOf(select(new Set<number>(), [], [], null)[0]).toEqualTypeOf<number[]>()
  // @ts-expect-error a string is no file object
  select(['0'], [], [])
})

test('a file object is a number, or has fileno() or fd', () => {
  expectTypeOf(fileno).parameter(0).toEqualTypeOf<FileDescriptorLike>()
  expectTypeOf(process.stdin).toExtend<FileDescriptorLike>()
  expectTypeOf<Epoll>().toExtend<FileDescriptorLike>()
  expectTypeOf<EpollSelector>().toExtend<FileDescriptorLike>()
  expectTypeOf<PollSelector>().not.toExtend<FileDescriptorLike>()
  expectTypeOf<string>().not.toExtend<FileDescriptorLike>()
})

test('every backend is a selector of its data', () => {
  expectTypeOf<EpollSelector<string>>().toExtend<Selector<string>>()
  expectTypeOf<PollSelector<string>>().toExtend<Selector<string>>()
  expectTypeOf<SelectSelector<string>>().toExtend<Selector<string>>()
  expectTypeOf<ScriptedSelector<string>>().toExtend<BaseSelector<string>>()
  expectTypeOf(new DefaultSelector<string>()).toEqualTypeOf<Selector<string>>()
  expectTypeOf(new DefaultSelector()).toEqualTypeOf<Selector>()
})

test('the data keeps its type', () => {
  const selector = new DefaultSelector<Connection>()
  expectTypeOf(selector.register(0, EVENT_READ)).toEqualTypeOf<SelectorKey<Connection>>()
  expectTypeOf(selector.getKey(0).data).toEqualTypeOf<Connection | undefined>()
  expectTypeOf(selector.select()).toEqualTypeOf<[key: SelectorKey<Connection>, mask: number][]>()
  expectTypeOf(selector.getMap()).toEqualTypeOf<SelectorMap<Connection> | null>()
  expectTypeOf(new DefaultSelector().getKey(0).data).toBeUnknown()
  // @ts-expect-error a string is no Connection
  selector.register(0, EVENT_READ, 'x')
})

test('a key cannot be written to', () => {
  const key = new DefaultSelector<number>().getKey(0)
  // @ts-expect-error readonly
  key.events = 3
})

test('the map is a read-only one', () => {
  expectTypeOf<SelectorMap<string>>().toExtend<ReadonlyMap<number, SelectorKey<string>>>()
  expectTypeOf<SelectorMap>().not.toHaveProperty('set')
})

test('the path of the event loop takes lists and a timeout', () => {
  const selector = new DefaultSelector<string>()
  expectTypeOf(selector.selectInto).parameters.toEqualTypeOf<
    [timeout: number | null, ready: ReadyList<string>]
  >()
  expectTypeOf(selector.selectInto(null, { keys: [], masks: [] })).toBeNumber()
})

test('poll and epoll give pairs of an fd and its bits', () => {
  expectTypeOf(new Poll().poll()).toEqualTypeOf<[fd: number, revents: number][]>()
  expectTypeOf(new Epoll().poll(0, 1)).toEqualTypeOf<[fd: number, events: number][]>()
  // @ts-expect-error seconds are no option, there are none
  new Epoll({ timeout: 1 })
})
