// Node's AsyncLocalStorage and AsyncResource, or stand-ins where there are none (a
// browser): there, async functions cannot be told apart, and count as outside any task.
import type { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'

const hooks = (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(
  'node:async_hooks',
)

/** What carries the storages of other libraries from a task's creation to its steps. */
export interface StepScope {
  runInAsyncScope<T, A extends unknown[], R>(
    step: (this: T, ...args: A) => R,
    self: T,
    ...args: A
  ): R
}

const noScope: StepScope = { runInAsyncScope: (step, self, ...args) => step.apply(self, args) }

// One object for all: a task would make one of its own otherwise.
const neverDestroyed = { requireManualDestroy: true }

export function makeScope(type: string): StepScope {
  if (hooks === undefined) return noScope
  return new hooks.AsyncResource(type, neverDestroyed) satisfies AsyncResource
}

/** A value that async code finds again after each `await`. */
export class AsyncVariable<T> {
  readonly #storage: AsyncLocalStorage<T> | undefined = hooks && new hooks.AsyncLocalStorage<T>()

  get(): T | undefined {
    return this.#storage?.getStore()
  }

  run<R>(value: T, callback: () => R): R {
    return this.#storage === undefined ? callback() : this.#storage.run(value, callback)
  }

  /** Forgets the value for the rest of what runs, and what comes of it. */
  leave(): void {
    ;(this.#storage as AsyncLocalStorage<T | undefined> | undefined)?.enterWith(undefined)
  }

  /** Calls `callback` without the value, if there is one. */
  exit<R>(callback: () => R): R {
    if (this.get() === undefined) return callback()
    // Not `exit` of the storage, which switches all tracking off and on again.
    return (this.#storage as AsyncLocalStorage<T | undefined>).run(undefined, callback)
  }
}
