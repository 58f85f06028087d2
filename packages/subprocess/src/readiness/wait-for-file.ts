import { abortable, coroutine, type Coroutine } from '@tsyncio/tasks'
import { existsSync } from 'node:fs'

import { requireText } from '../require-text.js'
import { poll } from './poll.js'
import { requireReadinessOptions, type ReadinessOptions } from './readiness-options.js'

/**
 * Waits until there is a file, or anything else with that path. It is looked for after
 * pauses that grow from 10 to 250 ms. That it is written to its end is not said: programs
 * that mind rename it when it is.
 *
 * @throws TimeoutError if the time is up; NotReadyError if the `process` has ended before.
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs'
 * import { createSubprocessExec, run, waitForFile } from 'tsyncio'
 *
 * await run(async () => {
 *   const path = `${mkdtempSync('/tmp/ready-')}/pid`
 *   await using server = await createSubprocessExec('sh', ['-c', `echo $$ > ${path}; exec sleep 60`])
 *   await waitForFile(path, { process: server, timeout: 10_000 })
 *   console.log('ready') // ready
 * })
 * ```
 */
export function waitForFile(path: string, options: ReadinessOptions = {}): Coroutine<void> {
  requireText(path, 'the path')
  requireReadinessOptions(options)
  const condition = {
    what: `there was a file ${path}`,
    *isMet() {
      return existsSync(path)
    },
  }
  return coroutine(abortable(options.signal, poll(condition, options)))
}
