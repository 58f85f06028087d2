import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadPyodide } from 'pyodide'

import type { Program, Trace } from './program.js'

// Found through the package: this file may be part of a bundle.
const root = dirname(createRequire(import.meta.url).resolve('@tsyncio/tasks/package.json'))
const sources = join(root, 'test/oracle/python')

/** CPython, as WebAssembly in this process. */
export interface CPython {
  /** Such as `3.14.2`. */
  readonly version: string
  /**
   * The traces of programs, on asyncio and in virtual time. Each number of allocations
   * puts what they make at other addresses.
   */
  traces(programs: readonly Program[], allocations?: number): Trace[]
}

type Run = (programs: string, allocations: number) => string

/** Takes some seconds. */
export async function loadCPython(): Promise<CPython> {
  const python = await loadPyodide()
  python.FS.mkdir('/oracle')
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.py')))
    python.FS.writeFile(`/oracle/${file}`, readFileSync(join(sources, file)))
  python.runPython('import sys; sys.path.insert(0, "/oracle")')
  const run = python.pyimport('interpreter').run as Run
  return {
    version: python.runPython('"%d.%d.%d" % sys.version_info[:3]') as string,
    traces: (programs, allocations = 0) =>
      JSON.parse(run(JSON.stringify(programs), allocations)) as Trace[],
  }
}
