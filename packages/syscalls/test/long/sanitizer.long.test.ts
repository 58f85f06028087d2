import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { beforeAll, describe, expect, it } from 'vitest'

import { guardianFile } from '@tsyncio/syscalls'

import { feedGuardian } from '../feed-guardian.js'
import { runFuzz } from '../run-fuzz.js'

const script = fileURLToPath(new URL('../../scripts/build-native.js', import.meta.url))

beforeAll(() => {
  execFileSync(process.execPath, [script, '--sanitize', 'address'], { stdio: 'inherit' })
}, 60_000)

describe('the guardian, with random plans and commands, under AddressSanitizer', () => {
  it('touches no memory that is not its own', { timeout: 600_000 }, () => {
    const file = guardianFile().replace('.guardian', '-address.guardian')
    const folder = mkdtempSync(join(tmpdir(), 'tsyncio-guardian-'))
    try {
      const env = { ASAN_OPTIONS: `exitcode=99:log_path=${join(folder, 'report')}` }
      for (let seed = 1; seed <= 300; seed++) feedGuardian(file, seed, env)
      expect(readdirSync(folder)).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

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
