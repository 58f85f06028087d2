import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { publishedPackages, root } from '../published-packages.js'

/** @typedef {{ name: string, path: string, files: string[], manifest: any }} Tarball */

/** @param {string} source @param {string} directory */
function pack(source, directory) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
  const stdout = execFileSync('npm', args, { cwd: source, encoding: 'utf8' })
  const [packed] = Object.values(JSON.parse(stdout))
  return packed
}

/**
 * Packs every published package into a directory.
 *
 * @param {string} directory
 * @returns {Tarball[]}
 */
export function packAll(directory) {
  return publishedPackages().map(({ name, directory: source, manifest }) => {
    const packed = pack(source, directory)
    const files = packed.files.map((/** @type {{ path: string }} */ file) => file.path)
    return { name, path: join(directory, packed.filename), files, manifest }
  })
}

/**
 * Packs what the published packages depend on besides each other: the consumer's project
 * has no network to get it from.
 *
 * @param {string} directory
 * @returns {string[]} paths
 */
export function packDependencies(directory) {
  const published = publishedPackages()
  const ours = new Set(published.map(({ name }) => name))
  const theirs = published
    .flatMap(({ manifest }) => Object.keys(manifest.dependencies ?? {}))
    .filter((name) => !ours.has(name))
  return [...new Set(theirs)].map((name) =>
    join(directory, pack(join(root, 'node_modules', name), directory).filename),
  )
}

const runsAtInstall = ['preinstall', 'install', 'postinstall', 'prepare']

/**
 * What must not, or must, be in a tarball.
 *
 * @param {Tarball} tarball
 * @returns {string[]} what is wrong
 */
export function faultsOf({ name, files, manifest }) {
  const scripts = runsAtInstall.filter((script) => script in (manifest.scripts ?? {}))
  const faults = scripts.map((script) => `${name} has the script ${script}`)
  if (files.includes('binding.gyp')) faults.push(`${name} holds a binding.gyp`)
  for (const file of [`dist/index.js`, 'dist/index.d.ts', 'README.md', 'LICENSE']) {
    if (!files.includes(file)) faults.push(`${name} lacks ${file}`)
  }
  for (const kind of name === '@tsyncio/syscalls' ? ['node', 'guardian'] : []) {
    const binary = `prebuilds/linux-${process.arch}-glibc.${kind}`
    if (!files.includes(binary)) faults.push(`${name} lacks ${binary}`)
  }
  return faults
}
