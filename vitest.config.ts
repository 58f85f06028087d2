import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const packages = ['syscalls', 'selectors', 'loop', 'tasks', 'streams', 'subprocess']
const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

// In-process tests run on the sources; what tests start (workers, programs) runs on `dist`.
const alias = [
  ...packages.flatMap((name) => [
    { find: new RegExp(`^@tsyncio/${name}$`), replacement: path(`packages/${name}/src/index.ts`) },
    {
      find: new RegExp(`^@tsyncio/${name}/testing$`),
      replacement: path(`packages/${name}/src/testing/index.ts`),
    },
  ]),
  { find: /^tsyncio$/, replacement: path('packages/tsyncio/src/index.ts') },
]

export default defineConfig({
  test: {
    projects: [
      ...[...packages, 'tsyncio'].map((name) => ({
        resolve: { alias },
        test: {
          name,
          root: `packages/${name}`,
          include: ['test/**/*.test.ts'],
          pool: 'forks' as const,
          expect: { requireAssertions: true },
        },
      })),
    ],
  },
})
