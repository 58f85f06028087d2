#!/usr/bin/env node
// Builds the two native files: the addon, which is every C file of native/, and the
// guardian of process trees, a program of its own. One call of the compiler for each.
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
import { join } from 'node:path'
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
const native = join(root, 'native')
const cFiles = (folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.c'))
    .map((file) => join(folder, file))

const common = [
  '-std=c11',
  '-Wall',
  '-Wextra',
  '-Werror',
  // No folder of this machine goes into the binary.
  `-ffile-prefix-map=${root}=`,
]
const sanitized = ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${values.sanitize}`]

const addon = {
  output: `${name}.node`,
  sources: cFiles(native),
  flags: [
    '-shared',
    '-fPIC',
    '-fvisibility=hidden',
    '-DNAPI_VERSION=8',
    '-DNODE_GYP_MODULE_NAME=tsyncio_syscalls',
    '-Wno-cast-function-type',
    `-I${headers}`,
    ...(values.sanitize === undefined ? ['-O2', '-fstack-protector-strong'] : sanitized),
  ],
}

// Without a C library, so that it is small and one for every C library. A sanitizer needs
// one, and then freestanding.c has nothing to do.
const freestanding = [
  '-Os',
  '-static',
  '-nostdlib',
  '-ffreestanding',
  '-fno-stack-protector',
  '-U_FORTIFY_SOURCE',
  '-fno-asynchronous-unwind-tables',
  '-fno-tree-loop-distribute-patterns',
  // As its name says: no PIE, and so no relocations that somebody would have to apply.
  '-fno-pie',
  '-no-pie',
  '-Wl,-z,noexecstack,--build-id=none,-s',
  // Else atomics are calls of a library that is not there.
  ...(target.startsWith('linux-arm64') ? ['-mno-outline-atomics'] : []),
]
const guardian = {
  output: `${name}.guardian`,
  sources: [
    ...cFiles(join(native, 'guardian')).filter(
      (file) => values.sanitize === undefined || !file.endsWith('/freestanding.c'),
    ),
    ...['plan.c', 'child.c', 'start.c'].map((file) => join(native, file)),
  ],
  flags: values.sanitize === undefined ? freestanding : sanitized,
}

mkdirSync(join(root, 'prebuilds'), { recursive: true })
for (const { output, sources, flags } of [addon, guardian]) {
  // Built beside and renamed: a process that has the old binary mapped keeps it.
  const path = join(root, 'prebuilds', output)
  const fresh = `${path}.${process.pid}`
  const built = spawnSync(compiler, [...common, ...flags, '-o', fresh, ...sources], {
    stdio: 'inherit',
  })
  if (built.error !== undefined) {
    console.error(
      `build-native: cannot run the C compiler "${compiler}" (${built.error.message}). ` +
        'Install one (Debian: apt-get install gcc) or name it in CC.',
    )
    process.exit(1)
  }
  if (built.status !== 0) process.exit(built.status ?? 1)
  renameSync(fresh, path)
}
