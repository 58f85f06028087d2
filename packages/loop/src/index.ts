export { setAwaitStrategy, promiseOf, type AwaitStrategy } from './await-future.js'
export { BlockingDriver } from './blocking-driver.js'
export { CancelledError, isCancelled } from './cancelled-error.js'
export { monotonicClock, type Clock } from './clock.js'
export { ContextVariable, type ContextToken } from './context-variable.js'
export { Context } from './context.js'
export { DeadlockError } from './deadlock-error.js'
export { setDeadlockReport, type DeadlockReport } from './deadlock.js'
export type { Driver, DriverFactory } from './driver.js'
export type { EventLoopOptions } from './event-loop-options.js'
export { EventLoop } from './event-loop.js'
export type { ExceptionContext, ExceptionHandler, ExceptionReporter } from './exception-handler.js'
export { FdWatchers } from './fd-watchers.js'
export { Future, isFuture } from './future.js'
export { Handle, type Callback } from './handle.js'
export { HostedDriver } from './hosted-driver.js'
export { InvalidStateError } from './invalid-state-error.js'
export { LoopCore } from './loop-core.js'
export { PortableDriver, type WaitingClock } from './portable-driver.js'
export type { RemoteHandle } from './remote-handle.js'
export { openRemote, Remote } from './remote.js'
export type { Runnable } from './runnable.js'
export {
  currentLoop,
  getEventLoop,
  getRunningLoop,
  setAmbientLoop,
  setEventLoop,
} from './running-loop.js'
export type { Cancellable, CoroutineDriver, Suspend, Suspension } from './suspend.js'
export { TimerHandle } from './timer-handle.js'
