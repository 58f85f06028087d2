#!/usr/bin/env node
// Random programs on CPython's asyncio and on the built packages: the traces must be equal.
//
//   npm run fuzz -- --programs 100000 --seed 1
import { join } from 'node:path'
import { build } from 'tsup'

import { root } from './published-packages.js'
import { run } from './run.js'

const outDir = join(root, '.cache/fuzz')

await build({
  config: false,
  entry: { fuzz: join(root, 'packages/tasks/test/oracle/fuzz.ts') },
  outDir,
  format: ['esm'],
  target: 'node20',
  silent: true,
  external: [/^@tsyncio\//, 'pyodide'],
})
process.exitCode = await run(process.execPath, [join(outDir, 'fuzz.js'), ...process.argv.slice(2)])
