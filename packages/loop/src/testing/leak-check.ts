import { afterEach, beforeEach, expect, vi } from 'vitest'

import { EventLoop } from '../event-loop.js'
import type { ExceptionContext } from '../exception-handler.js'

/** What a {@link leakCheck} has seen. */
export interface LeakCheck {
  /** Takes the errors that loops reported so far: the test has expected them. */
  takeReports(): ExceptionContext[]
}

function openFds(): string[] {
  const { readdirSync, readlinkSync } = process.getBuiltinModule('node:fs')
  const target = (fd: string): string => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  }
  return readdirSync('/proc/self/fd')
    .map((fd) => `${fd} -> ${target(fd)}`)
    .filter((line) => !line.endsWith('-> ') && !line.endsWith(`/proc/${process.pid}/fd`))
}

/**
 * After each test of the file or block: no fd is open that was not open before, and no
 * loop has reported an error that the test did not take. Needs vitest.
 *
 * @example
 * ```ts no-run
 * import { EventLoop } from '@tsyncio/loop'
 * import { leakCheck } from '@tsyncio/loop/testing/vitest'
 *
 * import { expect, it } from 'vitest'
 *
 * const leaks = leakCheck()
 *
 * it('reports', () => {
 *   using loop = new EventLoop()
 *   loop.callExceptionHandler({ message: 'expected' })
 *   expect(leaks.takeReports()).toEqual([{ message: 'expected' }])
 * })
 * ```
 */
export function leakCheck(): LeakCheck {
  let before = new Set<string>()
  let reports: ExceptionContext[] = []

  beforeEach(() => {
    before = new Set(openFds())
    reports = []
    vi.spyOn(EventLoop.prototype, 'defaultExceptionHandler').mockImplementation((context) => {
      reports.push(context)
    })
  })

  // Node closes some of its own a little later than it says.
  afterEach(async () => {
    vi.restoreAllMocks()
    expect(reports.splice(0), 'reports of loops').toEqual([])
    await vi.waitFor(() => {
      expect(
        openFds().filter((fd) => !before.has(fd)),
        'open fds',
      ).toEqual([])
    })
  })

  return { takeReports: () => reports.splice(0) }
}
