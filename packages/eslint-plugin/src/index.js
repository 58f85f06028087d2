/** @import { ESLint, Linter } from 'eslint' */
import { carelessCatch } from './careless-catch.js'
import { noFloatingGenerator } from './no-floating-generator.js'

const rules = { 'careless-catch': carelessCatch, 'no-floating-generator': noFloatingGenerator }

/** @type {ESLint.Plugin & { configs: { recommended: Linter.Config } }} */
const plugin = {
  meta: { name: '@tsyncio/eslint-plugin' },
  rules,
  configs: {
    /** Both rules as errors, under the prefix `tsyncio/`. */
    recommended: {
      name: 'tsyncio/recommended',
      plugins: { tsyncio: { rules } },
      rules: { 'tsyncio/careless-catch': 'error', 'tsyncio/no-floating-generator': 'error' },
    },
  },
}

export default plugin
