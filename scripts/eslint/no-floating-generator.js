// A bare `work();` of a generator function does nothing at all: nobody drives it. tsc
// and no-floating-promises see started promises; this rule sees the generators.
import { ESLintUtils } from '@typescript-eslint/utils'

/** @import { Type } from 'typescript' */

/** @param {Type} type */
function isGenerator(type) {
  return type.getProperty('next') !== undefined && type.getProperty('throw') !== undefined
}

export const noFloatingGenerator = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      floating:
        'This generator is never run: take it with `yield*`, or start it with createTask().',
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context)
    return {
      ExpressionStatement({ expression }) {
        if (expression.type !== 'CallExpression') return
        if (!isGenerator(services.getTypeAtLocation(expression))) return
        context.report({ node: expression, messageId: 'floating' })
      },
    }
  },
})
