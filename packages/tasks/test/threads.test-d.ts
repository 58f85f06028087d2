import type * as nodeCrypto from 'node:crypto'

import type { Future } from '@tsyncio/loop'
import {
  runInExecutor,
  ThreadPoolExecutor,
  toThread,
  transfer,
  type Coroutine,
  type ThreadModule,
} from '@tsyncio/tasks'
import { describe, expectTypeOf, it } from 'vitest'

// What `typeof import('./work.js')` is.
interface Work {
  hash(data: Uint8Array, rounds?: number): Promise<string>
  pair<T>(value: T): [T, T]
  readonly version: number
}
declare const url: URL
declare const work: ThreadModule<Work>
declare const bytes: Uint8Array

describe('calls in threads are checked', () => {
  it('by what the module is said to export', () => {
    expectTypeOf(toThread(work, 'hash', bytes, 2)).toEqualTypeOf<Coroutine<string>>()
    expectTypeOf(runInExecutor(null, work, 'hash', bytes)).toEqualTypeOf<Future<string>>()
    expectTypeOf(new ThreadPoolExecutor().submit(work, 'hash', bytes)).toEqualTypeOf<
      Future<string>
    >()
    // @ts-expect-error there is no such export
    toThread(work, 'hush', bytes)
    // @ts-expect-error it is no function
    toThread(work, 'version')
    // @ts-expect-error an argument of the wrong type
    toThread(work, 'hash', 'text')
    // @ts-expect-error an argument too few
    toThread(work, 'hash')
    // @ts-expect-error an argument too many
    runInExecutor(null, work, 'hash', bytes, 2, 3)
  })

  it('by what the call says', () => {
    expectTypeOf(toThread<Work, 'hash'>(url, 'hash', bytes)).toEqualTypeOf<Coroutine<string>>()
    expectTypeOf(toThread<Pick<Work, 'hash'>>(url, 'hash', bytes)).toEqualTypeOf<
      Coroutine<string>
    >()
    // @ts-expect-error there is no such export
    toThread<Work>(url, 'hush', bytes)
    // @ts-expect-error an argument of the wrong type
    toThread<Pick<Work, 'hash'>>(url, 'hash', 'text')
  })

  it('by real modules', () => {
    const crypto: ThreadModule<typeof nodeCrypto> = url
    expectTypeOf(toThread(crypto, 'randomUUID')).toEqualTypeOf<
      Coroutine<`${string}-${string}-${string}-${string}-${string}`>
    >()
    // @ts-expect-error there is no such export
    toThread(crypto, 'randomUuid')
  })

  it('not at all without', () => {
    expectTypeOf(toThread(url, 'anything', 1, bytes)).toEqualTypeOf<Coroutine<unknown>>()
    expectTypeOf(runInExecutor(null, url, 'anything')).toEqualTypeOf<Future<unknown>>()
  })

  it('and a closure is no module', () => {
    // @ts-expect-error functions do not cross threads
    toThread(() => 1)
    // @ts-expect-error a path is relative to nothing
    toThread('./work.js', 'hash')
  })

  it('with what is moved', () => {
    expectTypeOf(transfer(bytes, [bytes.buffer as ArrayBuffer])).toEqualTypeOf<Uint8Array>()
  })
})
