/**
 * What of an expression's type says that taking it is a wait of tsyncio's.
 *
 * @import { ParserServicesWithTypeInformation } from '@typescript-eslint/parser'
 * @import { Expression } from 'estree'
 * @import { Type } from 'typescript'
 */

// Properties under unique symbols have such names inside of TypeScript.
const cold = /^__@cold@/
const suspended = /^__@suspended@/

/** @param {Type} type @param {RegExp} name */
function hasSymbol(type, name) {
  return type.getProperties().some((property) => name.test(String(property.escapedName)))
}

/** @param {Type} type */
function isCoroutine(type) {
  return hasSymbol(type, cold)
}

/** @param {Type} type a future, or a task */
export function isFuture(type) {
  return ['addDoneCallback', 'getLoop', 'cancelled'].every((name) => type.getProperty(name))
}

/** @param {Type} type @param {ParserServicesWithTypeInformation} services */
function isGenerator(type, services) {
  if (type.getProperty('next') === undefined || type.getProperty('throw') === undefined)
    return false
  const checker = services.program.getTypeChecker()
  const [yielded] = checker.getTypeArguments(/** @type {never} */ (type))
  return yielded !== undefined && hasSymbol(yielded, suspended)
}

/**
 * Whether `yield*` or `await` of the expression is a wait that a cancellation interrupts. Of
 * a promise nobody can tell, but for `Promise.all` and its like of such waits.
 *
 * @param {Expression} expression
 * @param {ParserServicesWithTypeInformation} services
 * @returns {boolean}
 */
export function isLibraryWait(expression, services) {
  const type = services.getTypeAtLocation(/** @type {never} */ (expression))
  const parts = type.isUnion() ? type.types : [type]
  if (parts.some((part) => isCoroutine(part) || isFuture(part) || isGenerator(part, services)))
    return true
  if (expression.type !== 'CallExpression' || expression.callee.type !== 'MemberExpression')
    return false
  const { object } = expression.callee
  const [list] = expression.arguments
  if (object.type !== 'Identifier' || object.name !== 'Promise') return false
  return (
    list?.type === 'ArrayExpression' &&
    list.elements.some(
      (element) =>
        element !== null && element.type !== 'SpreadElement' && isLibraryWait(element, services),
    )
  )
}
