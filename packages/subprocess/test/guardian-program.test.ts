import { readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { run } from '@tsyncio/tasks'
import { createSubprocessExec } from '@tsyncio/subprocess'

import { guardianProgram } from '../src/tree/guardian-program.js'

const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('tsyncio-guardian-'))

it('where nothing is executed from memory, the guardian comes from a file without a name', async () => {
  const before = leftovers()
  expect(readlinkSync(`/proc/self/fd/${guardianProgram.fd}`)).toContain('memfd:')
  expect(guardianProgram.refused(Object.assign(new Error(), { code: 'ENOENT' }))).toBe(false)
  expect(guardianProgram.refused(Object.assign(new Error(), { code: 'EACCES' }))).toBe(true)
  const code = await run(async () => {
    const process = await createSubprocessExec('sh', ['-c', 'exit 4'], { tree: true })
    return process.wait()
  })
  expect(code).toBe(4)
  expect(readlinkSync(`/proc/self/fd/${guardianProgram.fd}`)).toMatch(
    /tsyncio-guardian.* \(deleted\)$/,
  )
  expect(leftovers()).toEqual(before)
})
