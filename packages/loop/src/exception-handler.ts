import { Context } from './context.js'
import type { Handle } from './handle.js'

/** What is known about an error that nobody caught (asyncio's exception context). */
export interface ExceptionContext {
  /** What went wrong, in a sentence. */
  readonly message: string
  readonly exception?: unknown
  readonly future?: { toString(): string; getContext?(): Context }
  readonly task?: { toString(): string; getContext?(): Context }
  readonly handle?: Handle
  readonly protocol?: unknown
  readonly transport?: unknown
  readonly socket?: unknown
  /** Where the object was made; in debug mode. */
  readonly source?: string
}

/** Where errors go that have nowhere else to go. */
export interface ExceptionReporter {
  callExceptionHandler(context: ExceptionContext): void
}

/** Where errors go without a handler. */
export interface DefaultReporter {
  defaultExceptionHandler(context: ExceptionContext): void
}

/** Called with the loop and the context; what it throws goes to the default handler. */
export type ExceptionHandler<Loop> = (loop: Loop, context: ExceptionContext) => void

// Anything can be thrown, and not everything can be made a string of.
function show(value: unknown): string {
  try {
    return value instanceof Error && value.stack !== undefined ? value.stack : String(value)
  } catch {
    return `(${typeof value} that cannot be shown)`
  }
}

/** Writes the context to standard error: the message, what it concerns, the error's stack. */
export function defaultExceptionHandler(context: ExceptionContext): void {
  const lines = [context.message]
  for (const [name, value] of Object.entries(context)) {
    if (name !== 'message' && name !== 'exception') lines.push(`${name}: ${show(value)}`)
  }
  if ('exception' in context) lines.push(show(context.exception))
  console.error(lines.join('\n'))
}

/** Calls `handler` in the context that the error belongs to; what it throws is reported too. */
export function callExceptionHandler<Loop extends DefaultReporter>(
  loop: Loop,
  handler: ExceptionHandler<Loop> | undefined,
  context: ExceptionContext,
): void {
  if (handler === undefined) return report(loop, context)
  const place =
    (context.task ?? context.future ?? context.handle)?.getContext?.() ?? Context.current
  try {
    place.run(() => handler(loop, context))
  } catch (exception) {
    report(loop, { message: 'Unhandled error in exception handler', exception })
    report(loop, context)
  }
}

// A default handler that was overridden and throws must not end the loop either.
function report(loop: DefaultReporter, context: ExceptionContext): void {
  try {
    loop.defaultExceptionHandler(context)
  } catch (exception) {
    defaultExceptionHandler({ message: 'Unhandled error in default exception handler', exception })
  }
}
