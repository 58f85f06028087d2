import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const path = fileURLToPath(new URL('fixtures/exits.mjs', import.meta.url))

describe('process.exit', () => {
  for (const args of [
    ['hosted', 'main'],
    ['hosted', 'task'],
    ['hosted', 'callback'],
    ['async', 'main'],
    ['blocking', 'main'],
    ['blocking', 'task'],
    ['blocking', 'callback'],
  ]) {
    it(`ends the process there and then (${args.join(', ')})`, async () => {
      const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      const exit = once(child, 'exit')
      const output = [await text(child.stdout), await text(child.stderr)]
      expect([await exit, output]).toEqual([
        [3, null],
        ['leaving\nexit 3\n', ''],
      ])
    })
  }
})
