#!/usr/bin/env node
// The tests against other people's programs: `npm run test:peers -- [vitest arguments]`.
// What they need is listed in peers.json; nothing is skipped for want of a program.
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { vitest } from './run.js'

/** @param {string} program */
function isOnPath(program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** @type {{ program: string, package: string }[]} */
const peers = JSON.parse(readFileSync(new URL('peers.json', import.meta.url), 'utf8'))
const missing = peers.filter(({ program }) => !isOnPath(program))

if (missing.length > 0) {
  for (const peer of missing) {
    console.error(`test:peers: ${peer.program} is missing (Debian package: ${peer.package})`)
  }
  const packages = missing.map((peer) => peer.package).join(' ')
  console.error(`test:peers: install them first, for instance: apt-get install ${packages}`)
  process.exit(1)
}

process.exitCode = await vitest(['--mode', 'peers', ...process.argv.slice(2)])
