#!/usr/bin/env node
// Builds the one native binary: every C file of native/, one call of the compiler.
//
//   node scripts/build-native.js                     this machine
//   node scripts/build-native.js --target linux-arm64-glibc
//   node scripts/build-native.js --sanitize address  for the sanitizer tests
//
// CC names the compiler; for a target of another architecture the default is
// Debian's cross compiler. Headers come from the package node-api-headers: nothing
// is downloaded, and libuv's few functions are declared by hand in host.c.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { hostTarget } from './target.js'

const compilers = {
  'linux-x64-glibc': 'x86_64-linux-gnu-gcc',
  'linux-arm64-glibc': 'aarch64-linux-gnu-gcc',
  'linux-x64-musl': 'musl-gcc',
  'linux-arm64-musl': 'aarch64-linux-musl-gcc',
}

const { values } = parseArgs({
  options: { target: { type: 'string' }, sanitize: { type: 'string' } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const target = values.target ?? hostTarget()
if (!(target in compilers)) {
  console.error(`build-native: ${target} is not one of ${Object.keys(compilers).join(', ')}`)
  // Other systems build the packages without the binary: what needs it says so when used.
  process.exit(values.target === undefined ? 0 : 2)
}

const compiler = process.env.CC ?? (target === hostTarget() ? 'cc' : compilers[target])
const headers = createRequire(import.meta.url)('node-api-headers').include_dir
const name = values.sanitize === undefined ? target : `${target}-${values.sanitize}`
const output = join(root, 'prebuilds', `${name}.node`)
const sources = readdirSync(join(root, 'native'))
  .filter((file) => file.endsWith('.c'))
  .map((file) => join(root, 'native', file))

const flags = [
  '-std=c11',
  '-shared',
  '-fPIC',
  '-fvisibility=hidden',
  '-DNAPI_VERSION=8',
  '-DNODE_GYP_MODULE_NAME=tsyncio_syscalls',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-cast-function-type',
  ...(values.sanitize === undefined
    ? ['-O2', '-fstack-protector-strong']
    : ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${values.sanitize}`]),
  // No folder of this machine goes into the binary.
  `-ffile-prefix-map=${root}=`,
  `-I${headers}`,
]

mkdirSync(dirname(output), { recursive: true })
// Built beside and renamed: a process that has the old binary mapped keeps it.
const fresh = `${output}.${process.pid}`
const built = spawnSync(compiler, [...flags, '-o', fresh, ...sources], { stdio: 'inherit' })
if (built.error !== undefined) {
  console.error(
    `build-native: cannot run the C compiler "${compiler}" (${built.error.message}). ` +
      'Install one (Debian: apt-get install gcc) or name it in CC.',
  )
  process.exit(1)
}
if (built.status !== 0) process.exit(built.status ?? 1)
renameSync(fresh, output)
