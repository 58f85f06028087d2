import type { Addon } from './addon.js'
import { prebuiltFiles } from './prebuilt-files.js'
import { UnsupportedError } from './unsupported-error.js'

// Reached through `process`, not by an import: this file must load in browsers too.
const node = globalThis.process as NodeJS.Process | undefined

function require(path: string): Addon {
  const { createRequire } = node!.getBuiltinModule('node:module')
  return createRequire(import.meta.url)(path) as Addon
}

function reasonFor(failures: readonly unknown[]): string {
  if (node?.versions?.node === undefined) return 'this is not Node.js'
  if (node.env['TSYNCIO_NATIVE'] === 'off') return 'TSYNCIO_NATIVE=off is set'
  if (node.platform !== 'linux') return `there is no binary for ${node.platform}, only for Linux`
  return (
    `no binary for linux-${node.arch} could be loaded. In a checkout, build it with ` +
    '`npm run build:native --workspace @tsyncio/syscalls` (a C compiler is all it needs). ' +
    failures.map((failure) => (failure as Error).message.split('\n')[0]).join('; ')
  )
}

function load(): { addon: Addon } | { reason: string } {
  const failures: unknown[] = []
  if (node?.platform === 'linux' && node.env['TSYNCIO_NATIVE'] !== 'off') {
    for (const path of prebuiltFiles(node, 'node')) {
      try {
        return { addon: require(path) }
      } catch (failure) {
        failures.push(failure)
      }
    }
  }
  return { reason: reasonFor(failures) }
}

/** Stands in where the binary cannot be loaded: importing works, calling explains. */
function absentAddon(reason: string): Addon {
  return new Proxy({ constants: {} } as Addon, {
    get(target, name) {
      if (name === 'constants') return target.constants
      return () => {
        throw new UnsupportedError(
          `${String(name)} needs the native part of tsyncio, and ${reason}`,
        )
      }
    },
  })
}

const loaded = load()

/** The native binary, or a stand-in whose calls throw {@link UnsupportedError}. */
export const addon: Addon = 'addon' in loaded ? loaded.addon : absentAddon(loaded.reason)

/**
 * Why there are no system calls here, or `undefined` where there are.
 *
 * @example
 * ```ts
 * import { unsupportedReason } from '@tsyncio/syscalls'
 *
 * if (unsupportedReason !== undefined) console.log(`no sockets: ${unsupportedReason}`)
 * ```
 */
export const unsupportedReason: string | undefined = 'reason' in loaded ? loaded.reason : undefined
