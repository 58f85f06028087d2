import { InvalidStateError, isCancelled, type Future } from '@tsyncio/loop'
import {
  BrokenBarrierError,
  ExceptionGroup,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TimeoutError,
} from '@tsyncio/tasks'

/** An error that a program throws, told by its message. */
export class Failure extends Error {}

const names = new Map<unknown, string>([
  [TimeoutError, 'timeout'],
  [InvalidStateError, 'refused'],
  [BrokenBarrierError, 'broken'],
  [QueueEmpty, 'empty'],
  [QueueFull, 'full'],
  [QueueShutDown, 'shut down'],
])

/** An error by the name that both interpreters have for it. */
export function describe(error: unknown): string {
  if (isCancelled(error)) return error.message === '' ? 'cancelled' : `cancelled(${error.message})`
  if (error instanceof ExceptionGroup) return `[${error.errors.map(describe).join(' ')}]`
  if (error instanceof Failure) return error.message
  return names.get((error as Error).constructor) ?? String(error)
}

function isSettled(value: unknown): value is PromiseSettledResult<unknown> {
  return typeof value === 'object' && value !== null && 'status' in value
}

/** What a trace says of a value. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (value instanceof Error) return describe(value)
  if (Array.isArray(value)) return `(${value.map(show).join(' ')})`
  if (isSettled(value)) return show(value.status === 'fulfilled' ? value.value : value.reason)
  return `${value as string}`
}

/** What a future says of itself. */
export function outcomeOf(future: Future): string {
  try {
    return future.done() ? show(future.result()) : 'pending'
  } catch (error) {
    return describe(error)
  }
}
