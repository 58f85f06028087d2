import { closeSync, openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { fileno, type FileDescriptorLike } from '@tsyncio/selectors'
import { describe, expect, it } from 'vitest'
import { leakCheck } from './leak-check.js'

leakCheck()

describe('fileno', () => {
  it('gives a number back', () => {
    const fd = openSync('/dev/null', 'r')
    expect(fileno(fd)).toBe(fd)
    closeSync(fd)
  })

  it('asks an object with fileno()', () => {
    expect(fileno({ fileno: () => 7 })).toBe(7)
  })

  it("takes Node's files and streams", async () => {
    const file = await open('/dev/null')
    expect(fileno(file)).toBe(file.fd)
    await file.close()
    expect(() => fileno(file)).toThrow(RangeError)
  })

  it('prefers fileno() to fd', () => {
    expect(fileno({ fileno: () => 7, fd: 8 })).toBe(7)
  })

  it('says what it got instead', () => {
    const message = (fileobj: unknown) => {
      try {
        return fileno(fileobj as FileDescriptorLike)
      } catch (error) {
        return (error as Error).message
      }
    }
    const wanted = 'a file descriptor must be an integer, or an object with fileno() or fd: got'
    expect(message('7')).toBe(`${wanted} a string`)
    expect(message(null)).toBe(`${wanted} null`)
    expect(message(new Map())).toBe(`${wanted} an instance of Map`)
    expect(message({ fileno: () => 'x' })).toBe(`${wanted} a string from an instance of Object`)
    expect(message({ fd: null })).toBe(`${wanted} null from an instance of Object`)
    expect(message(Object.create(null))).toBe(`${wanted} an instance of an anonymous class`)
    const range = 'a file descriptor must be an integer from 0 to 2147483647: got'
    expect(message(-1)).toBe(`${range} -1`)
    expect(message(1.5)).toBe(`${range} 1.5`)
    expect(message(2 ** 31)).toBe(`${range} 2147483648`)
  })
})
