import type { Suspend } from '@tsyncio/loop'

import { AsyncFrame } from './async-frame.js'
import { isCoroutine, type Out, type Started } from './coroutine.js'
import { requirePromises } from './require-promises.js'
import type { Strand } from './strand.js'

const generatorFunction = function* () {}.constructor

/**
 * Calls a body of either spelling as part of a strand, and gives what the strand is to
 * `yield*`: the generator itself, or a frame that waits for the promise.
 */
export function startBody<A extends unknown[], S extends Started>(
  strand: Strand,
  body: (...args: A) => S,
  ...args: A
): { [Symbol.iterator](): Iterator<Suspend, Out<S>, unknown> } {
  return begin(strand, body as (...args: A) => Started, args) as never
}

function begin<A extends unknown[]>(
  strand: Strand,
  body: (...args: A) => Started,
  args: A,
): Iterable<Suspend> {
  if (body instanceof generatorFunction) return body(...args) as Iterable<Suspend>
  const frame = new AsyncFrame(strand)
  const started: unknown = frame.call(body, args)
  if (isCoroutine(started) || isGenerator(started)) return started as Iterable<Suspend>
  if (typeof (started as PromiseLike<unknown> | undefined)?.then !== 'function') {
    throw new TypeError(
      `Expected a generator function or an async function, got a function that returned ${String(started)}.`,
    )
  }
  requirePromises(strand.loop, 'An async function')
  frame.join(started as PromiseLike<unknown>)
  return frame
}

export function isGenerator(value: unknown): value is Iterator<Suspend, unknown, unknown> {
  const generator = value as Partial<Generator> | null | undefined
  return typeof generator?.next === 'function' && typeof generator.throw === 'function'
}
