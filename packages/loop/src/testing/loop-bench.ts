import { afterEach } from 'vitest'

import type { EventLoopOptions } from '../event-loop-options.js'
import type { EventLoop } from '../event-loop.js'
import type { Future } from '../future.js'
import { leakCheck, type LeakCheck } from './leak-check.js'
import type { LoopDrive } from './loop-drive.js'

/** What each test of the suite works with. */
export interface LoopBench {
  readonly drive: LoopDrive
  readonly leaks: LeakCheck
  /** A loop that is closed after the test. */
  make(options?: EventLoopOptions): EventLoop
  run(loop: EventLoop): Promise<void>
  complete<T>(loop: EventLoop, future: Future<T>): Promise<T>
  /** Takes as many turns as there are steps, calling one in each, then stops. */
  runSteps(loop: EventLoop, steps: readonly (() => void)[]): Promise<void>
}

export function loopBench(drive: LoopDrive): LoopBench {
  const loops: EventLoop[] = []
  const leaks = leakCheck()
  // Called before the check's own: the last to be registered is the first to be called.
  afterEach(() => {
    for (const loop of loops.splice(0)) loop.close()
  })

  function runSteps(loop: EventLoop, steps: readonly (() => void)[]): Promise<void> {
    const step = (index: number): void => {
      steps[index]?.()
      if (index < steps.length) loop.callSoon(step, index + 1)
      else loop.stop()
    }
    loop.callSoon(step, 0)
    return drive.runForever(loop)
  }

  return {
    drive,
    leaks,
    make(options) {
      const loop = drive.make(options)
      loops.push(loop)
      return loop
    },
    run: (loop) => drive.runForever(loop),
    complete: (loop, future) => drive.runUntilComplete(loop, future),
    runSteps,
  }
}
