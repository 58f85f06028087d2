import { ExceptionGroup } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

/** The shape of a group: names of errors, and arrays for groups. */
function shape(error: unknown): unknown {
  if (error === null) return null
  if (error instanceof ExceptionGroup) return [error.text, ...error.errors.map(shape)]
  return error instanceof Error ? error.message : error
}

const range = new RangeError('range')
const type = new TypeError('type')
const inner = new ExceptionGroup('inner', [type, new RangeError('deep')])
const group = new ExceptionGroup('outer', [range, inner])

describe('an exception group', () => {
  it('says how many errors it has, and what about', () => {
    expect([group.message, group.text, group.name]).toEqual([
      'outer (2 sub-exceptions)',
      'outer',
      'ExceptionGroup',
    ])
    expect(group).toBeInstanceOf(AggregateError)
    expect(group.code).toBe('ERR_TSYNCIO_EXCEPTION_GROUP')
  })

  it('gives the part that is of a class, nested as it was', () => {
    expect(shape(group.subgroup(RangeError))).toEqual(['outer', 'range', ['inner', 'deep']])
    expect(shape(group.subgroup(TypeError))).toEqual(['outer', ['inner', 'type']])
    expect(shape(group.subgroup([TypeError, SyntaxError]))).toEqual(['outer', ['inner', 'type']])
    expect(group.subgroup(SyntaxError)).toBe(null)
  })

  it('gives the part for which a function is true', () => {
    expect(shape(group.subgroup((error) => error === type))).toEqual(['outer', ['inner', 'type']])
  })

  it('is split into what fulfils the condition and the rest', () => {
    expect(group.split(TypeError).map(shape)).toEqual([
      ['outer', ['inner', 'type']],
      ['outer', 'range', ['inner', 'deep']],
    ])
    expect(group.split(SyntaxError).map(shape)).toEqual([null, shape(group)])
  })

  it('that fulfils the condition as a whole is given as it is', () => {
    expect(group.split(Error)).toEqual([group, null])
    expect(group.split(Error)[0]).toBe(group)
    const part = group.subgroup((error) => error === inner)
    expect(part?.errors).toEqual([inner])
    expect(part?.errors[0]).toBe(inner)
  })

  it('keeps the very errors, its cause and where it comes from in its parts', () => {
    const cause = new Error('why')
    const whole = new ExceptionGroup('whole', [range, type], { cause })
    const [part, rest] = whole.split(TypeError)
    expect(part?.errors[0]).toBe(type)
    expect([part?.cause, rest?.cause]).toEqual([cause, cause])
    const frames = (error: Error | null) => error?.stack?.split('\n').slice(1)
    expect(frames(part)).toEqual(frames(whole))
    expect(part?.stack).toMatch(/^ExceptionGroup: whole \(1 sub-exception\)\n/)
  })

  it('of a class of one’s own has parts of that class', () => {
    class JobErrors extends ExceptionGroup {
      readonly job: string
      constructor(job: string, errors: readonly unknown[]) {
        super(`the job ${job}`, errors)
        this.job = job
      }
      override derive(errors: readonly unknown[]): JobErrors {
        return new JobErrors(this.job, errors)
      }
    }
    const [part, rest] = new JobErrors('backup', [range, type]).split(TypeError)
    expect(part).toBeInstanceOf(JobErrors)
    expect((rest as JobErrors).job).toBe('backup')
  })

  it('holds whatever was thrown', () => {
    const odd = new ExceptionGroup('odd', [undefined, 'text', range])
    expect(shape(odd.subgroup((error) => error === undefined))).toEqual(['odd', undefined])
    expect(odd.split(RangeError).map(shape)).toEqual([
      ['odd', 'range'],
      ['odd', undefined, 'text'],
    ])
  })

  it('refuses what are no errors, and what is no condition', () => {
    expect(() => new ExceptionGroup('none', [])).toThrow(RangeError)
    expect(() => new ExceptionGroup('none', 42 as never)).toThrow(TypeError)
    expect(() => group.split(42 as never)).toThrow(TypeError)
    expect(() => group.subgroup([42] as never)).toThrow(TypeError)
  })
})
