export { RandomSchedule } from './random-schedule.js'
export { SocketPair } from './socket-pair.js'
export { VirtualClock, type VirtualClockOptions } from './virtual-clock.js'
