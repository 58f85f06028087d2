import { createRequire } from 'node:module'

/** The system calls, as the native binary exports them. */
export type Calls = Record<string, (...args: never[]) => number>

const require = createRequire(import.meta.url)

function load(): Calls {
  const root = require.resolve('@tsyncio/syscalls/package.json').replace(/package\.json$/, '')
  try {
    return require(`${root}prebuilds/linux-${process.arch}-glibc.node`) as Calls
  } catch {
    return require(`${root}prebuilds/linux-${process.arch}-musl.node`) as Calls
  }
}

/**
 * The very object that `@tsyncio/syscalls` calls its functions on
 * (docs/design/decisions/0049-faults-below-everything.md).
 */
export const nativeCalls = load()
