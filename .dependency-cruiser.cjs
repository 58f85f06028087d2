// The layers, left to right. A package imports from packages to its right only.
const layers = ['tsyncio', 'subprocess', 'streams', 'tasks', 'loop', 'selectors', 'syscalls']

const leftward = layers.map((name, index) => ({
  name: `layer-${name}`,
  comment: `${name} knows nothing of the packages to its left, nor of the apps`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: `^(apps|packages/(${[...layers.slice(0, index), '-'].join('|')}))/` },
}))

module.exports = {
  forbidden: [
    ...leftward,
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or hide a third one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-deep-import',
      comment: 'Another package is reached through its `exports`, never through its `src`.',
      severity: 'error',
      // The test of the fallback for old kernels needs a switch that nobody else is to have.
      from: {
        path: '^(packages|apps)/([^/]+)/',
        pathNot: '^packages/selectors/test/epoll-selector.test.ts$',
      },
      to: { path: '^packages/[^/]+/src/', pathNot: '^$1/$2/' },
    },
    {
      name: 'no-test-kit-in-source',
      comment: 'What is published does not load a test kit, unless it is one.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: '/src/testing/' },
      to: { path: '/(src|dist)/testing/' },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/' },
      to: { path: '/test/' },
    },
    {
      name: 'loads-in-browsers',
      comment: 'These load where there is no Node: use process.getBuiltinModule().',
      severity: 'error',
      from: {
        path: '^packages/(syscalls|selectors|loop|tasks)/src/',
        pathNot: '/src/testing/',
      },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rules-stand-alone',
      comment: 'Lint rules know types by their shape: they load nothing of the library.',
      severity: 'error',
      from: { path: '^packages/eslint-plugin/src/' },
      to: { path: '^(apps|packages/(?!eslint-plugin/))' },
    },
    {
      name: 'nobody-runs-rules',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^packages/eslint-plugin/' },
      to: { path: '^packages/eslint-plugin/' },
    },
    {
      name: 'overseer-uses-tsyncio-alone',
      comment: 'The reference app shows what a user can write: it imports the umbrella only.',
      severity: 'error',
      from: { path: '^apps/overseer/(src|sample)/' },
      to: { path: '^packages/', pathNot: '^packages/tsyncio/' },
    },
    {
      name: 'declared',
      comment: 'What is imported is in the package.json.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'no-tool-in-source',
      comment: "What is only a devDependency is not there in a user's project.",
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: '/src/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'resolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['\\.turbo/', '/prebuilds/', '^apps/benchmarks/results/'] },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.check.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
    },
  },
}
