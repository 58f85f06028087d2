import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

const prebuilds = new URL('../prebuilds/', import.meta.url)
const [oldestMajor, oldestMinor] = [2, 28]
const binaries = readdirSync(prebuilds).filter((name) =>
  /^linux-\w+-(glibc|musl)\.node$/.test(name),
)

describe.each(binaries)('%s', (name) => {
  const strings = readFileSync(new URL(name, prebuilds), 'latin1')

  it(`needs no symbol newer than glibc ${oldestMajor}.${oldestMinor}`, () => {
    const versions = [...strings.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [
      Number(major),
      Number(minor),
    ])
    const newer = versions.filter(
      ([major, minor]) => major! > oldestMajor || (major === oldestMajor && minor! > oldestMinor),
    )
    expect(newer).toEqual([])
    expect(versions.length > 0).toBe(name.includes('glibc'))
  })

  it('names no folder of the machine that built it', () => {
    expect(strings).not.toContain('/packages/syscalls/')
  })
})

describe.each(binaries.map((name) => name.replace('.node', '.guardian')))('%s', (name) => {
  const strings = readFileSync(new URL(name, prebuilds), 'latin1')

  it('needs no library at all', () => {
    expect(strings.startsWith('\x7fELF')).toBe(true)
    expect(strings).not.toMatch(/ld-linux|ld-musl|GLIBC_/)
  })

  it('names no folder of the machine that built it', () => {
    expect(strings).not.toContain('/packages/syscalls/')
  })
})

describe('the binaries', () => {
  it('are there', () => {
    expect(binaries).not.toEqual([])
  })
})
