import { execFileSync } from 'node:child_process'

import { describe, expect, it } from 'vitest'

const dist = new URL('../dist/index.js', import.meta.url).href

function run(script: string): unknown {
  const env = { ...process.env, TSYNCIO_NATIVE: 'off' }
  const program = `import * as calls from ${JSON.stringify(dist)}; ${script}`
  const args = ['--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }))
}

describe('without the native binary', () => {
  it('the package can be imported, and says why it has no system calls', () => {
    expect(run('console.log(JSON.stringify([calls.unsupportedReason, calls.EAGAIN]))')).toEqual([
      'TSYNCIO_NATIVE=off is set',
      11,
    ])
  })

  it('what needs no system call works', () => {
    const address = { family: 'IPv6', address: '::1', port: 80 }
    const script = `console.log(JSON.stringify(calls.decodeAddress(calls.encodeAddress(${JSON.stringify(address)}))))`
    expect(run(script)).toEqual(address)
  })

  it('every system call throws an UnsupportedError that names it and the reason', () => {
    const script = `
      const pure = /^(encode|decodeAddress|parse|format|error|osError|OSError|Unsupported)/
      const names = Object.keys(calls).filter((name) => typeof calls[name] === 'function' && !pure.test(name))
      const results = names.map((name) => {
        try {
          const good = { spawn: { file: 'true', args: ['true'], stdio: [] }, ifNameToIndex: 'lo', memfdCreate: 'x' }
          return [name, 'worked', calls[name](good[name] ?? 1)]
        } catch (error) {
          return [name, error.code, error.message]
        }
      })
      console.log(JSON.stringify(results))`
    const results = run(script) as [string, string, string][]
    expect(results.length).toBeGreaterThan(45)
    for (const [name, code, message] of results) {
      expect([code, message]).toEqual([
        'ERR_TSYNCIO_UNSUPPORTED',
        `${name} needs the native part of tsyncio, and TSYNCIO_NATIVE=off is set`,
      ])
    }
  })
})
