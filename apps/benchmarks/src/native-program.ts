import { existsSync } from 'node:fs'

import { packagePath } from './package-path.js'

/** The path of one of the programs in C. */
export function nativeProgram(name: 'load' | 'echo' | 'pin'): string {
  const path = packagePath(`dist/native/${name}`)
  if (existsSync(path)) return path
  throw new Error(
    `The program "${name}" is not built: run \`npm run build:native --workspace @tsyncio/benchmarks\` ` +
      '(Linux and a C compiler are all it needs).',
  )
}
