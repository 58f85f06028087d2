import { type Options } from 'tsup'

/** tsup makes the JavaScript; `tsc -b` makes declarations and their maps. */
export function packageConfig(entry: Record<string, string> = { index: 'src/index.ts' }): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node20',
    dts: false,
    sourcemap: true,
    splitting: true,
    clean: false,
    silent: true,
  }
}
