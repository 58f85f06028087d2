#!/usr/bin/env node
// npm leaves an optional package out of the lockfile when the registry does not have it,
// as some registries do not for other platforms; `npm ci` then refuses the lockfile. This
// names the ones left out, without a checksum: `npm install && node scripts/complete-lockfile.js`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './published-packages.js'

const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'win32',
]
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32']

/** @param {string} name such as `@turbo/windows-64` */
function platformOf(name) {
  const text = name.replace('windows', 'win32').replace(/-64$/, '-x64')
  const os = systems.find((system) => text.includes(`-${system}`) || text.includes(`/${system}`))
  const cpu = processors.find((processor) => text.includes(`-${processor}`))
  if (os === undefined || cpu === undefined) return undefined
  const libc = os !== 'linux' ? {} : { libc: [text.endsWith('-musl') ? 'musl' : 'glibc'] }
  return { cpu: [cpu], ...libc, os: [os] }
}

const path = join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))

/** @param {string} from @param {string} name */
function isLocked(from, name) {
  for (let place = from; ; place = place.slice(0, place.lastIndexOf('/node_modules/'))) {
    if (`${place}/node_modules/${name}` in lock.packages) return true
    if (!place.includes('/node_modules/')) return `node_modules/${name}` in lock.packages
  }
}

let added = 0
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name)
    if (isLocked(place, name) || platform === undefined || !/^\d/.test(version)) continue
    const beside = place.slice(0, place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const stub = { version, dev: true, optional: true, ...platform }
    lock.packages[`${beside}${name}`] = stub
    added++
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
lock.packages = Object.fromEntries(sorted)
if (added > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} packages of other platforms added`)
