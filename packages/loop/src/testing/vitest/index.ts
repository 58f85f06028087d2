export { describeEventLoop } from '../conformance.js'
export { leakCheck, type LeakCheck } from '../leak-check.js'
export { blockingDrive, hostedDrive, type LoopDrive } from '../loop-drive.js'
