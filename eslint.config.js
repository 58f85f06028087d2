import tseslint from 'typescript-eslint'

import tsyncio from './packages/eslint-plugin/src/index.js'

const typed = ['packages/*/{src,test}/**/*.ts', 'apps/*/{src,test}/**/*.ts', 'docs/test/**/*.ts']
const tests = ['packages/*/{test,src/testing}/**/*.ts', 'apps/*/test/**/*.ts', 'docs/test/**/*.ts']

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/prebuilds/',
      '**/.turbo/',
      '.cache/',
      'docs/api/',
      'docs/.vitepress/',
    ],
  },
  {
    files: typed,
    extends: [tseslint.configs.recommendedTypeChecked, tsyncio.configs.recommended],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportAllDeclaration',
          message: 'Name what is exported.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': [
        'error',
        { fixMixedExportsWithInlineTypeSpecifier: true },
      ],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A coroutine may well have nothing to wait for, in either spelling.
      'require-yield': 'off',
      '@typescript-eslint/require-await': 'off',
      // Hand-written iterators and drivers speak of themselves.
      '@typescript-eslint/no-this-alias': 'off',
      // `T | undefined` against `void`: what a callback returns is nobody's business.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: tests,
    rules: {
      // Tests swallow cancellations to see what comes of it.
      'tsyncio/careless-catch': 'off',
      // They hand over what the types forbid, and read what they do not promise.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'no-restricted-properties': [
        'error',
        ...['it', 'test', 'describe'].flatMap((object) =>
          ['skip', 'skipIf', 'runIf', 'todo', 'only', 'fails'].map((property) => ({
            object,
            property,
            message: 'Every test runs, always.',
          })),
        ),
      ],
    },
  },
  {
    // Type tests are compiled and never run.
    files: ['**/*.test-d.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}', '*.ts', '**/*.config.ts'],
    ignores: typed,
    extends: [tseslint.configs.base],
    rules: { 'prefer-const': 'error', eqeqeq: ['error', 'always', { null: 'ignore' }] },
  },
)
