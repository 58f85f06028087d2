// A program as data. The two interpreters, interpreter.py and interpreter.ts, do the same
// for each operation, the one with asyncio and the other with ours.
//
// Things have names, a kind and a number: task3, future0, lock1. A name that is given
// again means the newest thing of that name.

/** Something that a library call makes a task of, or the name of something that waits. */
export type Member = string | { readonly name: string; readonly body: Program }

/** What needs no task, and may be done by a plain callback as well. It never throws. */
export type Action =
  | { op: 'cancel'; on: string; message?: string }
  | { op: 'uncancel' | 'cancelling' | 'state' | 'set' | 'fail'; on: string }
  | { op: 'future' | 'context' | 'unschedule'; name: string }
  | { op: 'whoami' }
  | { op: 'spawn' | 'spawnEagerly'; name: string; body: Program; context?: string }
  | { op: SpawnInGroup; on: string; name: string; body: Program; context?: string }
  | { op: 'soon'; name: string; turns: number; act: Action[]; context?: string; raises?: boolean }
  | { op: 'later' | 'at'; name: string; delay: number; act: Action[]; raises?: boolean }
  | { op: 'watch'; on: string; name: string; act: Action[]; context?: string; raises?: boolean }
  | { op: 'unwatch'; on: string; name: string }
  | { op: 'gather'; name: string; of: Member[]; returnExceptions: boolean }
  | { op: 'setVariable'; on: string; name: string; value: string }
  | { op: 'getVariable' | 'resetVariable'; on: string }
  | { op: 'reschedule'; on: string; delay: number | null }
  | { op: 'shield'; name: string; of: Member }
  | { op: 'completions'; name: string; of: Member[]; timeout: number | null }
  | { op: 'inspect' | 'release' | 'setEvent' | 'clearEvent' | 'notifyAll'; on: string }
  | { op: 'notify'; on: string; count: number }
  | { op: 'putNowait'; on: string; item: string }
  | { op: 'getNowait' | 'taskDone'; on: string }
  | { op: 'shutdown'; on: string; immediate: boolean }

type SpawnInGroup = 'spawnInGroup' | 'spawnInGroupEagerly'

/** What waits, and says how that ended. */
export type Wait =
  | { op: 'sleep'; delay: number }
  | { op: 'await' | 'acquire' | 'waitEvent' | 'waitCondition' | 'get' | 'join'; on: string }
  | { op: 'waitBarrier' | 'resetBarrier' | 'abortBarrier'; on: string }
  | { op: 'waitUntil'; on: string; event: string }
  | { op: 'put'; on: string; item: string }
  | { op: 'wait'; of: string[]; timeout: number | null; returnWhen: ReturnWhen }
  | { op: 'waitFor'; of: Member; timeout: number | null }
  | { op: 'nextCompleted'; on: string; plain: boolean }
  | { op: 'asCompleted'; of: Member[]; timeout: number | null; plain: boolean }

export type ReturnWhen = 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED'

/** What decides which statements run; what a body returns, it returns as well. */
export type Flow =
  | { op: 'throw'; error: string }
  | { op: 'return'; value: string }
  | { op: 'repeat'; times: number; body: Program }
  | { op: 'call' | 'coroutine'; body: Program }
  | { op: 'catch'; only: Caught; body: Program; handler: Program; rethrow?: boolean }
  | { op: 'finally'; body: Program; last: Program }
  | { op: 'timeout' | 'timeoutAt'; name: string; delay: number | null; body: Program }
  | { op: 'group'; name: string; body: Program }
  | { op: 'hold'; on: string; body: Program }

/** Which errors a `catch` takes: those that are no cancellation, only these, or both. */
export type Caught = 'errors' | 'cancellations' | 'everything'

export type Statement = Action | Wait | Flow
export type Program = Statement[]

/** One event a line: the time, who, the operation, upon what, the outcome, and more of it. */
export type Trace = string[]

/** The statement with this `op`. */
export type Of<Op extends Statement['op'], S extends Statement = Statement> = S extends unknown
  ? Op extends S['op']
    ? S
    : never
  : never
