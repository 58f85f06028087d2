import { unsupportedReason } from './load-addon.js'
import { prebuiltFiles } from './prebuilt-files.js'
import { UnsupportedError } from './unsupported-error.js'

/**
 * The path of the guardian: the native program that ends a tree of processes when the one
 * that it works for ends. It has no execute bit; `native/guardian/guardian.c` tells how it
 * is talked with.
 *
 * @throws UnsupportedError where there is none.
 */
export function guardianFile(): string {
  if (unsupportedReason !== undefined) {
    throw new UnsupportedError(
      `guardianFile needs the native part of tsyncio, and ${unsupportedReason}`,
    )
  }
  const { process } = globalThis
  const { existsSync } = process.getBuiltinModule('node:fs')
  const { fileURLToPath } = process.getBuiltinModule('node:url')
  const paths = prebuiltFiles(process, 'guardian').map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  )
  const path = paths.find((candidate) => existsSync(candidate))
  if (path !== undefined) return path
  throw new UnsupportedError(`Trees of processes need a guardian, and there is none: ${paths[0]}`)
}
