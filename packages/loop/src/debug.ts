import type { EventLoop } from './event-loop.js'
import type { RunHook } from './loop-core.js'
import { isOwnFrame } from './own-frame.js'
import type { Runnable } from './runnable.js'

const node = globalThis.process as NodeJS.Process | undefined

/** Whether TSYNCIO_DEBUG asks for debug mode. */
export function debugByDefault(): boolean {
  const value = node?.env?.['TSYNCIO_DEBUG']
  return value !== undefined && value !== '' && value !== '0'
}

/** The first frame on the stack that is not this library's. */
export function sourceOfCaller(): string {
  const frames = new Error().stack?.split('\n').slice(1) ?? []
  const frame = frames.find((line) => !isOwnFrame(line))
  return frame?.trim().replace(/^at /, '') ?? 'an unknown place'
}

/** Runs handles under a stopwatch, and reports those that hold up the loop. */
export function timedRun(loop: EventLoop): RunHook {
  return (run, runnable: Runnable) => {
    const started = performance.now()
    const goesOn = run(runnable)
    const taken = performance.now() - started
    if (taken >= loop.slowCallbackDuration) {
      console.warn(
        `Executing ${(runnable as { toString(): string }).toString()} took ${taken.toFixed(1)} milliseconds`,
      )
    }
    return goesOn
  }
}
