import { existsSync } from 'node:fs'

import type { MaybeContender } from './contender.js'
import { contenderOn } from './contender-on.js'
import { packagePath } from './package-path.js'
import type { Runtimes } from './runtimes.js'

const asyncio = packagePath('servers/asyncio-echo.py')
const native = packagePath('dist/native/echo')
const server = (name: string) => packagePath(`dist/servers/${name}.js`)

/** The echo servers. To each command the port is added. */
export function echoContenders({ node, python, uvloop, bun }: Runtimes): MaybeContender[] {
  const epoll = existsSync(native) ? { program: native, version: 'C' } : { absent: 'not built' }
  return [
    contenderOn(epoll, 'epoll in C', []),
    contenderOn(node, 'tsyncio callbacks', [server('tsyncio-callbacks')]),
    contenderOn(node, 'tsyncio generator streams', [server('tsyncio-streams'), 'generator']),
    contenderOn(node, 'tsyncio async streams', [server('tsyncio-streams'), 'async']),
    contenderOn(node, 'node:net', [server('node-net')]),
    contenderOn(bun, 'Bun.listen', [server('bun-listen')]),
    contenderOn(uvloop, 'uvloop protocol', [asyncio, 'uvloop', 'protocol']),
    contenderOn(uvloop, 'uvloop streams', [asyncio, 'uvloop', 'streams']),
    contenderOn(python, 'asyncio protocol', [asyncio, 'asyncio', 'protocol']),
    contenderOn(python, 'asyncio streams', [asyncio, 'asyncio', 'streams']),
  ]
}
