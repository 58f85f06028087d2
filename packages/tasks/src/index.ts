export { abortable } from './abortable.js'
export { asCompleted, type AsCompleted, type AsCompletedOptions } from './as-completed.js'
export { Barrier } from './barrier.js'
export { BoundedSemaphore } from './bounded-semaphore.js'
export { BrokenBarrierError } from './broken-barrier-error.js'
export { BrokenChannelError } from './broken-channel-error.js'
export type { FrameCallGraphEntry } from './frame-call-graph-entry.js'
export { captureCallGraph, type CallGraphOptions, type FutureCallGraph } from './call-graph.js'
export { CancelScope, type CancelScopeOptions } from './cancel-scope.js'
export { CapacityLimiter, type CapacityLimiterStatistics } from './capacity-limiter.js'
export { type ChannelStatistics } from './channel.js'
export { ClosedError } from './closed-error.js'
export { Condition } from './condition.js'
export {
  coroutine,
  isCoroutine,
  nothingToWaitFor,
  type Coroutine,
  type Gen,
  type Out,
  type Result,
  type Started,
  type Work,
} from './coroutine.js'
export { createTask } from './create-task.js'
export { currentEffectiveDeadline } from './current-effective-deadline.js'
export { currentTask } from './current-strand.js'
export { createEagerTaskFactory, eagerTaskFactory } from './eager-task-factory.js'
export { EndOfChannel } from './end-of-channel.js'
export {
  ensureFuture,
  type Awaitable,
  type AwaitableFuture,
  type AwaitableResult,
} from './ensure-future.js'
export { Event } from './event.js'
export { ExceptionGroup, type ErrorCondition } from './exception-group.js'
export { failAfter } from './fail-after.js'
export { formatCallGraph } from './format-call-graph.js'
export { gather, type Gathered, type GatherOptions, type Settled } from './gather.js'
export { KeyboardInterrupt } from './keyboard-interrupt.js'
export { LifoQueue } from './lifo-queue.js'
export { Lock } from './lock.js'
export { moveOnAfter, type DeadlineOptions } from './move-on-after.js'
export { openChannel } from './open-channel.js'
export { printCallGraph } from './print-call-graph.js'
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.js'
export { QueueEmpty } from './queue-empty.js'
export { QueueFull } from './queue-full.js'
export { type QueueItems } from './queue-items.js'
export { QueueShutDown } from './queue-shut-down.js'
export { Queue } from './queue.js'
export { type ReceiveChannel } from './receive-channel.js'
export { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, type ReturnWhen } from './return-when.js'
export { run, runBlocking, type RunOptions } from './run.js'
export { Runner, type RunnerOptions, type RunnerRunOptions } from './runner.js'
export { ScopeCancelledError } from './scope-cancelled-error.js'
export { Semaphore } from './semaphore.js'
export { type SendChannel } from './send-channel.js'
export { shield } from './shield.js'
export { sleep } from './sleep.js'
export { getTaskFactory, setTaskFactory, type TaskFactory } from './task-factory.js'
export { taskGroup, type TaskGroup, type TaskGroupOptions } from './task-group.js'
export { allTasks } from './task-registry.js'
export { Task, type TaskOptions } from './task.js'
export { setDefaultExecutor } from './threads/default-executor.js'
export { MissingExportError } from './threads/missing-export-error.js'
export { ModuleLoadError } from './threads/module-load-error.js'
export { runInExecutor } from './threads/run-in-executor.js'
export { shutdownDefaultExecutor } from './threads/shutdown-default-executor.js'
export { ThreadDiedError } from './threads/thread-died-error.js'
export type {
  ThreadArguments,
  ThreadExport,
  ThreadModule,
  ThreadResult,
} from './threads/thread-module.js'
export {
  ThreadPoolExecutor,
  type ThreadPoolExecutorOptions,
} from './threads/thread-pool-executor.js'
export { threadSignal } from './threads/thread-signal.js'
export { toThread } from './threads/to-thread.js'
export { transfer } from './threads/transfer.js'
export { UncloneableError } from './threads/uncloneable-error.js'
export { TimeoutError } from './timeout-error.js'
export { timeout, timeoutAt, type Timeout, type TimeoutOptions } from './timeout.js'
export { until } from './until.js'
export { using, type Resource } from './using.js'
export { waitFor } from './wait-for.js'
export { wait, type DoneAndPending, type WaitOptions } from './wait.js'
export { WouldBlockError } from './would-block-error.js'
