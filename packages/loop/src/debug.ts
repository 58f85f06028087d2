import type { EventLoop } from './event-loop.js'
import type { RunHook } from './loop-core.js'

const node = globalThis.process as NodeJS.Process | undefined

/** Whether TSYNCIO_DEBUG asks for debug mode. */
export function debugByDefault(): boolean {
  const value = node?.env?.['TSYNCIO_DEBUG']
  return value !== undefined && value !== '' && value !== '0'
}

// A test kit is its user's code, not the library's.
const ownFrame =
  /[\\/](?:@tsyncio|packages)[\\/](?:loop|tasks|streams|subprocess)[\\/](?:src|dist)[\\/](?!testing)/

/** The first frame on the stack that is not this library's. */
export function sourceOfCaller(): string {
  const frames = new Error().stack?.split('\n').slice(1) ?? []
  const frame = frames.find((line) => !ownFrame.test(line))
  return frame?.trim().replace(/^at /, '') ?? 'an unknown place'
}

/** Runs handles under a stopwatch, and reports those that hold up the loop. */
export function timedRun(loop: EventLoop): RunHook {
  return (runnable) => {
    const started = performance.now()
    runnable.run()
    const taken = performance.now() - started
    if (taken < loop.slowCallbackDuration) return
    console.warn(
      `Executing ${(runnable as { toString(): string }).toString()} took ${taken.toFixed(1)} milliseconds`,
    )
  }
}
