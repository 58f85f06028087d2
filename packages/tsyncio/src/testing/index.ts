export { RandomSchedule, VirtualClock, type VirtualClockOptions } from '@tsyncio/loop/testing'

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
