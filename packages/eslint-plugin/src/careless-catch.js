// JavaScript has one kind of `catch`, and it gets the CancelledError of a cancelled task as
// well. One that does not pass it on has swallowed the cancellation: the task goes on, and a
// timeout or a group around it waits for a task that will not end.
//
// Careless is a `catch` after waits of the library's that throws nothing, does not ask
// isCancelled(), and does no more with the error than to look at it or to log it. One that
// keeps the error (returns it, assigns it, hands it to somebody) has a plan for it.
import { isFuture, isLibraryWait } from './library-wait.js'
import { typeServices } from './type-services.js'

/**
 * @import { Rule, Scope } from 'eslint'
 * @import { CatchClause, Expression, Node, TryStatement } from 'estree'
 */

const asks = new Set(['isCancelled', 'CancelledError', 'ScopeCancelledError'])
const logs = new Set(['debug', 'error', 'fatal', 'info', 'log', 'trace', 'warn'])

/** @param {Node} node @returns {node is Node & { type: `${string}Function${string}` }} */
function isFunction(node) {
  return node.type.includes('Function')
}

/** @param {Node & Partial<Rule.NodeParentExtension>} node @returns {Node | undefined} */
function parentOf(node) {
  return node.parent
}

/**
 * What is passed around an expression: casts, spreads, literals that hold it.
 *
 * @param {Node} node
 * @returns {boolean} whether the value of `node` goes somewhere else than into a log
 */
function isKept(node) {
  const parent = parentOf(node)
  switch (/** @type {string | undefined} */ (parent?.type)) {
    case 'ReturnStatement':
    case 'AssignmentExpression':
    case 'VariableDeclarator':
    case 'YieldExpression':
    case 'ThrowStatement':
      return true
    case 'NewExpression':
    case 'CallExpression': {
      const { callee } = /** @type {{ callee: Node }} */ (/** @type {unknown} */ (parent))
      return callee !== node && !isLog(callee) && !isConversion(callee)
    }
    case 'ArrayExpression':
    case 'AwaitExpression':
    case 'ConditionalExpression':
    case 'LogicalExpression':
    case 'ObjectExpression':
    case 'Property':
    case 'SpreadElement':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
      return isKept(/** @type {Node} */ (parent))
    case 'ArrowFunctionExpression':
      return true
    default:
      return false
  }
}

/** @param {Node} callee */
function isLog(callee) {
  return (
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    logs.has(callee.property.name)
  )
}

/** @param {Node} callee */
function isConversion(callee) {
  return callee.type === 'Identifier' && (callee.name === 'String' || callee.name === 'Boolean')
}

/** @type {Rule.RuleModule} */
export const carelessCatch = {
  meta: {
    type: 'problem',
    docs: { description: 'Finds a `catch` that swallows the cancellation of its task.' },
    schema: [],
    messages: {
      careless:
        'This `catch` swallows the CancelledError of a cancelled task. Pass it on: ' +
        '`if (isCancelled({{error}})) throw {{error}}`.',
    },
  },
  create(context) {
    const { sourceCode } = context
    const services = typeServices(context)

    /**
     * The nodes below `node`, not those of functions in it.
     *
     * @param {Node} node
     * @returns {Generator<Node>}
     */
    function* below(node) {
      for (const key of sourceCode.visitorKeys[node.type] ?? []) {
        const value = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (node))[key]
        for (const child of Array.isArray(value) ? value : [value]) {
          if (child === null || child === undefined) continue
          yield child
          if (!isFunction(child)) yield* below(child)
        }
      }
    }

    /** @param {Node} node */
    function* waitsIn(node) {
      for (const each of below(node)) {
        if (each.type === 'AwaitExpression') yield each.argument
        else if (each.type === 'YieldExpression' && each.delegate && each.argument)
          yield each.argument
      }
    }

    /**
     * Whether `wait` is for a task that was asked to end just before, by name: its
     * CancelledError is what is waited for.
     *
     * @param {Expression} wait
     * @param {TryStatement} node
     */
    function wasCancelledBefore(wait, node) {
      if (!isFuture(services.getTypeAtLocation(/** @type {never} */ (wait)))) return false
      const text = sourceCode.getText(wait)
      const body = enclosingFunction(node)
      return [...below(body)].some(
        (each) =>
          each.type === 'CallExpression' &&
          each.callee.type === 'MemberExpression' &&
          each.callee.property.type === 'Identifier' &&
          each.callee.property.name === 'cancel' &&
          sourceCode.getText(each.callee.object) === text &&
          /** @type {[number, number]} */ (each.range)[0] <
            /** @type {[number, number]} */ (wait.range)[0],
      )
    }

    /** @param {Node} node @returns {Node} */
    function enclosingFunction(node) {
      let around = parentOf(node)
      while (around !== undefined && !isFunction(around) && around.type !== 'Program')
        around = parentOf(around)
      return /** @type {Node} */ (around)
    }

    /** @param {CatchClause} handler */
    function isCareful(handler) {
      for (const each of below(handler.body)) {
        if (each.type === 'ThrowStatement') return true
        if (each.type === 'Identifier' && asks.has(each.name)) return true
      }
      return sourceCode
        .getDeclaredVariables(handler)
        .some((/** @type {Scope.Variable} */ variable) =>
          variable.references.some(({ identifier }) => isKept(/** @type {Node} */ (identifier))),
        )
    }

    return {
      TryStatement(node) {
        const { handler } = node
        if (!handler || isCareful(handler)) return
        // In the outermost code of a module nobody can be cancelled.
        if (enclosingFunction(node).type === 'Program') return
        const careless = [...waitsIn(node.block)].some(
          (wait) => isLibraryWait(wait, services) && !wasCancelledBefore(wait, node),
        )
        if (!careless) return
        const { param } = handler
        const error = param?.type === 'Identifier' ? param.name : 'error'
        context.report({
          node: /** @type {Node} */ (handler),
          loc: /** @type {NonNullable<Node['loc']>} */ (
            sourceCode.getFirstToken(handler)?.loc ?? handler.loc
          ),
          messageId: 'careless',
          data: { error },
        })
      },
    }
  },
}
