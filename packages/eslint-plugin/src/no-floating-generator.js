// A bare `work();` of a generator function does nothing at all: nobody drives it. tsc and
// no-floating-promises see started promises; this rule sees the generators.
import { typeServices } from './type-services.js'

/**
 * @import { Rule } from 'eslint'
 * @import { Type } from 'typescript'
 */

/** @param {Type} type */
function isGenerator(type) {
  return type.getProperty('next') !== undefined && type.getProperty('throw') !== undefined
}

/** @type {Rule.RuleModule} */
export const noFloatingGenerator = {
  meta: {
    type: 'problem',
    docs: { description: 'Finds generators that are made and never run.' },
    schema: [],
    messages: {
      floating:
        'This generator is never run: take it with `yield*`, or start it with createTask().',
    },
  },
  create(context) {
    const services = typeServices(context)
    return {
      ExpressionStatement({ expression }) {
        if (expression.type !== 'CallExpression') return
        if (!isGenerator(services.getTypeAtLocation(/** @type {never} */ (expression)))) return
        context.report({ node: expression, messageId: 'floating' })
      },
    }
  },
}
