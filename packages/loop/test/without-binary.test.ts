import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

// The counts of the inner run are not those of this one.
const { TSYNCIO_TOTALS: _totals, ...outerEnv } = process.env

function runSuite(env: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const vitest = `${root}/node_modules/vitest/vitest.mjs`
    const args = [vitest, 'run', '--project', 'loop', 'packages/loop/test/conformance.test.ts']
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...outerEnv, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('close', (code) => resolve(`${output}\nexit code ${code}`))
  })
}

it('passes the suite without the native binary', { timeout: 60_000 }, async () => {
  const output = await runSuite({ TSYNCIO_NATIVE: 'off', NO_COLOR: '1' })
  const [, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? []
  expect(failed, output).toBe('0')
  expect(Number(passed)).toBeGreaterThan(150)
  expect(output).toContain('exit code 0')
})
