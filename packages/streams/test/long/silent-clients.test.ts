import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const count = 10_000

describe('clients that connect and say nothing', () => {
  it(`do not keep others from being served: ${count} of them`, { timeout: 300_000 }, async () => {
    const program = fileURLToPath(new URL('../fixtures/silent-clients.mjs', import.meta.url))
    // Programs begin with a limit of 1024 fds, and may raise it.
    const command = `ulimit -n ${count + 1000} && exec "$0" "$1" ${count}`
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, program])
    expect(JSON.parse(stdout)).toEqual({
      answer: 'still there?',
      served: count + 1,
      ended: count + 1,
    })
  })
})
