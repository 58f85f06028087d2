#!/usr/bin/env node
// Builds the load generator, the echo server in C and the launcher that pins a program
// to a core. CC names the compiler; nothing is downloaded.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

if (process.platform !== 'linux') {
  console.error(`build-native: the benchmarks run on Linux, not on ${process.platform}`)
  process.exit(0)
}

const programs = { load: ['load.c', 'traffic.c'], echo: ['echo.c'], pin: ['pin.c'] }
const path = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url))
const compiler = process.env.CC ?? 'cc'

mkdirSync(path('dist/native'), { recursive: true })
for (const [program, sources] of Object.entries(programs)) {
  const flags = [
    '-std=c11',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-o',
    path(`dist/native/${program}`),
  ]
  const files = sources.map((source) => path(`native/${source}`))
  const built = spawnSync(compiler, [...flags, ...files], { stdio: 'inherit' })
  if (built.error !== undefined) {
    console.error(
      `build-native: cannot run the C compiler "${compiler}" (${built.error.message}). ` +
        'Install one (Debian: apt-get install gcc) or name it in CC.',
    )
    process.exit(1)
  }
  if (built.status !== 0) process.exit(built.status ?? 1)
}
