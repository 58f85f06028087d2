export { describeOneWayStream, type OneWayStream } from '../one-way-stream.js'
export type { StreamDrive } from '../stream-drive.js'
export { describeTwoWayStream, type TwoWayStream } from '../two-way-stream.js'
export type { Way } from '../way.js'
