import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { asyncioNames } from './asyncio-names.js'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** Everything that `tsyncio` exports, types included. */
const exported = new Set(
  Array.from(read('../src/index.ts').matchAll(/^ {2}(?:type )?(\w+),$/gm), ([, name]) => name),
)

/** The names in the first column of the table that says what is missing. */
function missing(): string[] {
  const [, section = ''] = read('../../../docs/differences.md').split(
    /^## Names that are missing$/m,
  )
  const [table = ''] = section.split(/^## /m)
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) =>
    Array.from((row.split('|')[1] as string).matchAll(/`(\w+)`/g), ([, name]) => name as string),
  )
}

const oneWord: Record<string, string> = { isfuture: 'isFuture', iscoroutine: 'isCoroutine' }

/** asyncio's name as tsyncio spells it: functions in camelCase, the rest as it is. */
function ours(name: string): string {
  if (/^[A-Z_]/.test(name)) return name
  return oneWord[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

describe('the names of asyncio 3.14', () => {
  it('are exported, but those that the table of differences names', () => {
    const gaps = asyncioNames.filter((name) => !exported.has(ours(name)))
    expect(gaps).toEqual(missing().sort())
  })

  it('are all known to the table of differences and to this test', () => {
    const unknown = missing().filter((name) => !asyncioNames.includes(name))
    expect(unknown).toEqual([])
  })
})
