export { RandomSchedule, VirtualClock, type VirtualClockOptions } from '@tsyncio/loop/testing'
export {
  connectionOver,
  memoryPair,
  memoryTransports,
  socketPair,
  type MemoryPairOptions,
  type MemoryTransport,
  type PieceSize,
} from '@tsyncio/streams/testing'
export {
  describeWaits,
  exploreSchedules,
  runVirtual,
  SequenceBrokenError,
  Sequencer,
  waitAllTasksBlocked,
  type ExploreOptions,
  type VirtualOptions,
} from '@tsyncio/tasks/testing'
