import { fileURLToPath } from 'node:url'

import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'

RuleTester.describe = describe
RuleTester.it = (title, check) => it(title, () => expect(check).not.toThrow())

/** Where the cases are: their types are those of a project. */
const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))

export const ruleTester = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: {
      project: './tsconfig.json',
      tsconfigRootDir: fixtures,
      // With CI set, it would take the types of the file that is there for those of the case.
      disallowAutomaticSingleRunInference: true,
    },
  },
})

const imports = `import {
  CancelledError, createTask, foreign, future, gather, isCancelled, outcomes, report, sleep, task,
  timeout, until, work, type Task,
} from './prelude.js'
`

/** A module with the code in it, and the names that it may want. */
export const inModule = (code: string): { name: string; filename: string; code: string } => ({
  name: code,
  filename: `${fixtures}case.ts`,
  code: `${imports}${code}\n`,
})
