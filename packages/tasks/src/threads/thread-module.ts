declare const exported: unique symbol

type AnyFunction = (...args: never[]) => unknown

/**
 * The URL of a module whose exported functions threads are to call. A plain URL is one; its
 * type may say what the module exports, and then calls are checked.
 *
 * @example
 * ```ts no-run
 * import { run, toThread, type ThreadModule } from 'tsyncio'
 *
 * // typeof import('./work.js')
 * type Work = { sum(numbers: Float64Array): number }
 * const work: ThreadModule<Work> = new URL('./work.js', import.meta.url)
 *
 * const sum: number = await run(() => toThread(work, 'sum', new Float64Array([1, 2])))
 * console.log(sum)
 * ```
 */
export type ThreadModule<M = unknown> = URL & { readonly [exported]?: M }

/** The names of the functions that a module exports. */
export type ThreadExport<M> = unknown extends M
  ? string
  : { [K in keyof M & string]: M[K] extends AnyFunction ? K : never }[keyof M & string]

/** The arguments of an exported function. */
export type ThreadArguments<M, N extends ThreadExport<M>> = N extends keyof M
  ? M[N] extends (...args: infer A) => unknown
    ? A
    : never
  : unknown[]

/** What a thread gives back for the call of an exported function. */
export type ThreadResult<M, N extends ThreadExport<M>> = N extends keyof M
  ? M[N] extends (...args: never[]) => infer R
    ? Awaited<R>
    : never
  : unknown

const howTo =
  "Give the URL of a module, the name of its export and arguments that can be cloned: toThread(new URL('./work.js', import.meta.url), 'name', ...args)."

/** @throws TypeError unless it names something that a thread can find by itself. */
export function requireExport(module: unknown, name: unknown): void {
  if (typeof module === 'function') {
    throw new TypeError(
      `A function does not cross threads: what it closes over is in this one. ${howTo}`,
    )
  }
  if (!(module instanceof URL)) {
    throw new TypeError(`Expected a URL, got ${typeof module}. ${howTo}`)
  }
  if (typeof name !== 'string') {
    throw new TypeError(`Expected the name of an export, got ${typeof name}. ${howTo}`)
  }
}
