import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

const packages = ['syscalls', 'selectors', 'loop', 'tasks', 'streams', 'subprocess', 'tsyncio']
const apps = ['overseer', 'benchmarks']
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

// What the modes collect, below each project's root. `test` is the suite, `dist` is the
// suite on the built packages, `peers` needs Debian's programs, `long` takes long.
const include: Record<string, string[]> = {
  test: ['test/**/*.test.ts'],
  dist: ['test/**/*.test.ts'],
  peers: ['test/peers/**/*.test.ts'],
  long: ['test/long/**/*.test.ts'],
}
const apart = ['test/peers/**', 'test/long/**']

// Run in every test file before its tests.
const setupFiles: string[] = []

// In-process tests run on the sources; what tests start (workers, programs) runs on `dist`.
const sources = packages.flatMap((name) => {
  const specifier = name === 'tsyncio' ? name : `@tsyncio/${name}`
  return [
    { find: new RegExp(`^${specifier}$`), replacement: path(`packages/${name}/src/index.ts`) },
    {
      find: new RegExp(`^${specifier}/testing$`),
      replacement: path(`packages/${name}/src/testing/index.ts`),
    },
    {
      find: new RegExp(`^${specifier}/testing/vitest$`),
      replacement: path(`packages/${name}/src/testing/vitest/index.ts`),
    },
  ]
})

function project(name: string, root: string, mode: string): TestProjectInlineConfiguration {
  const typeTests = `${root}/test/tsconfig.json`
  return {
    resolve: { alias: mode === 'dist' ? [] : sources },
    test: {
      name,
      root,
      include: include[mode] ?? [],
      exclude: mode === 'peers' || mode === 'long' ? [] : apart,
      setupFiles,
      pool: 'forks',
      // On a busy machine node alone takes 2 s to start.
      testTimeout: 30_000,
      hookTimeout: 30_000,
      expect: { requireAssertions: true },
      // Built packages are loaded by Node itself, as a user's program loads them.
      server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
      typecheck: {
        enabled: mode === 'test' && existsSync(path(typeTests)),
        include: ['test/**/*.test-d.ts'],
        tsconfig: path(typeTests),
      },
    },
  }
}

/** Tasks where the native part cannot be loaded: another system, another runtime. */
function withoutBinary(mode: string): TestProjectInlineConfiguration {
  const { test, ...rest } = project('tasks without the binary', 'packages/tasks', mode)
  const include = ['conformance', 'async-functions', 'threads'].map(
    (name) => `test/${name}.test.ts`,
  )
  return { ...rest, test: { ...test, include, env: { TSYNCIO_NATIVE: 'off' }, typecheck: {} } }
}

export default defineConfig(({ mode }) => ({
  test: {
    // Two cores; the examples of one file are processes of their own.
    maxConcurrency: 4,
    reporters: ['default', './scripts/vitest/totals-reporter.js'],
    projects: [
      ...[...packages, 'eslint-plugin'].map((name) => project(name, `packages/${name}`, mode)),
      ...apps.map((name) => project(name, `apps/${name}`, mode)),
      project('docs', 'docs', mode),
      ...(mode === 'test' || mode === 'dist' ? [withoutBinary(mode)] : []),
    ],
  },
}))
