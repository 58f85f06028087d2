import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { beforeAll, describe, expect, it } from 'vitest'

import { runFuzz } from '../run-fuzz.js'

const script = fileURLToPath(new URL('../../scripts/build-native.js', import.meta.url))

beforeAll(() => {
  execFileSync(process.execPath, [script, '--sanitize', 'address'], { stdio: 'inherit' })
}, 60_000)

describe('every function, with random arguments, under AddressSanitizer', () => {
  it.each([1, 2, 3, 4, 5])(
    'touches no memory that is not its own: seed %i',
    (seed) => {
      const library = execFileSync(process.env['CC'] ?? 'cc', ['-print-file-name=libasan.so'])
      const env = {
        TSYNCIO_SANITIZE: 'address',
        LD_PRELOAD: library.toString().trim(),
        ASAN_OPTIONS: 'detect_leaks=0',
      }
      expect(runFuzz({ calls: 20_000, seed, env }).wrong).toEqual([])
    },
    600_000,
  )
})
