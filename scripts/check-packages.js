#!/usr/bin/env node
// The health of each published package, as its users get it: publint reads the files
// that would be packed, attw resolves its types as every kind of consumer does.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { publishedPackages, root } from './published-packages.js'

/**
 * @param {string[]} command
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function tool(command) {
  return new Promise((resolve) => {
    const [name = '', ...args] = command
    const child = spawn(join(root, 'node_modules/.bin', name), args, { cwd: root })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
  })
}

let failed = false
for (const { name, directory } of publishedPackages()) {
  const results = await Promise.all([
    tool(['publint', '--strict', directory]),
    tool(['attw', '--pack', directory, '--profile', 'esm-only', '--no-emoji']),
  ])
  const ok = results.every((result) => result.ok)
  console.log(`${ok ? 'good' : 'BAD '}  ${name}`)
  if (!ok) for (const { output } of results) console.log(output)
  failed ||= !ok
}
process.exitCode = failed ? 1 : 0
