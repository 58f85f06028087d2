import { readFileSync } from 'node:fs'
import { arch } from 'node:os'

import { findRuntime } from './find-runtime.js'
import { packagePath } from './package-path.js'
import type { Runtime } from './runtime.js'

/** What contenders run on. */
export interface Runtimes {
  readonly node: Runtime
  readonly python: Runtime
  readonly uvloop: Runtime
  readonly bun: Runtime
  /** Libraries on this Node. */
  readonly effection: Runtime
  readonly effect: Runtime
  readonly execa: Runtime
}

const PYTHON_VERSION = 'import platform; print("python", platform.python_version())'
const UVLOOP_VERSION =
  'import platform, uvloop; print("uvloop", uvloop.__version__ + ", python", platform.python_version())'

function bunPrograms(): string[] {
  const cpu = arch() === 'arm64' ? 'aarch64' : arch()
  const modules = packagePath('../../node_modules')
  return [`${modules}/@oven/bun-linux-${cpu}/bin/bun`, `${modules}/.bin/bun`, 'bun']
}

function libraryRuntime(name: string): Runtime {
  const manifest = packagePath(`../../node_modules/${name}/package.json`)
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    return {
      program: process.execPath,
      version: `${name} ${version}, node ${process.versions.node}`,
    }
  } catch {
    return { absent: `no ${name} (npm ci)` }
  }
}

/** Finds out what this machine has. Only Node is required. */
export async function findRuntimes(choice: { python?: string; bun?: string }): Promise<Runtimes> {
  const pythons = choice.python === undefined ? ['/usr/bin/python3', 'python3'] : [choice.python]
  const buns = choice.bun === undefined ? bunPrograms() : [choice.bun]
  const [python, uvloop, bun] = await Promise.all([
    findRuntime(pythons, ['-c', PYTHON_VERSION], 'no python3'),
    findRuntime(pythons, ['-c', UVLOOP_VERSION], 'no uvloop (Debian: python3-uvloop)'),
    findRuntime(buns, ['-p', '"bun " + Bun.version'], 'no bun (npm: @oven/bun-linux-x64)'),
  ])
  const node = { program: process.execPath, version: `node ${process.versions.node}` }
  const [effection, effect, execa] = ['effection', 'effect', 'execa'].map(libraryRuntime) as [
    Runtime,
    Runtime,
    Runtime,
  ]
  return { node, python, uvloop, bun, effection, effect, execa }
}
