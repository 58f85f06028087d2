import type { Callback } from './handle.js'

const asyncFunction = (async () => undefined).constructor
const generatorFunction = function* () {}.constructor

/** @throws TypeError for what is not a function. */
export function requireCallback(callback: unknown, what: string): asserts callback is Callback {
  if (typeof callback !== 'function') {
    throw new TypeError(`Expected a function for ${what}, got ${typeof callback}.`)
  }
}

/** @throws TypeError for what would make a coroutine instead of doing something. */
export function requirePlainCallback(
  callback: unknown,
  what: string,
): asserts callback is Callback {
  requireCallback(callback, what)
  if (callback instanceof asyncFunction || callback instanceof generatorFunction) {
    throw new TypeError(
      `Expected a plain function for ${what}, got a coroutine function: have the callback create a task.`,
    )
  }
}

/** @throws TypeError or RangeError for what is not a time. */
export function requireTime(time: unknown, name: string): asserts time is number {
  if (typeof time !== 'number') {
    throw new TypeError(`Expected ${name} in milliseconds, got ${String(time)} (${typeof time}).`)
  }
  if (Number.isNaN(time)) throw new RangeError(`Expected ${name} in milliseconds, got NaN.`)
}
