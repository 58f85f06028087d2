/**
 * The types behind the syntax, from typescript-eslint's parser.
 *
 * @import { Rule } from 'eslint'
 * @import { ParserServicesWithTypeInformation } from '@typescript-eslint/parser'
 */

/**
 * @param {Rule.RuleContext} context
 * @returns {ParserServicesWithTypeInformation}
 * @throws Error if the file is linted without type information.
 */
export function typeServices(context) {
  const { parserServices } = context.sourceCode
  if (!parserServices['program']) {
    throw new Error(
      `The rule ${context.id} needs types: set parserOptions.projectService of typescript-eslint's parser.`,
    )
  }
  return /** @type {ParserServicesWithTypeInformation} */ (/** @type {unknown} */ (parserServices))
}
