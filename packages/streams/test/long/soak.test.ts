import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const connections = process.env['TSYNCIO_LONG'] === 'bounded' ? 20_000 : 200_000

describe('short connections', () => {
  it(`leave nothing behind: ${connections} of them`, { timeout: 900_000 }, async () => {
    const script = fileURLToPath(new URL('../../../../scripts/soak.js', import.meta.url))
    const child = spawn(process.execPath, [script, '--connections', String(connections)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(code, out).toBe(0)
  })
})
