import * as selectors from '@tsyncio/selectors'
import * as testing from '@tsyncio/selectors/testing'
import * as syscalls from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

const isConstant = (name: string) => /^E?POLL/.test(name) && name === name.toUpperCase()

describe('@tsyncio/selectors', () => {
  it('exports these names and no others', () => {
    expect(
      Object.keys(selectors)
        .filter((name) => !isConstant(name))
        .sort(),
    ).toEqual([
      'AlreadyRegisteredError',
      'BaseSelector',
      'ClosedSelectorError',
      'DefaultSelector',
      'EVENT_READ',
      'EVENT_WRITE',
      'Epoll',
      'EpollSelector',
      'FD_SETSIZE',
      'NotRegisteredError',
      'PIPE_BUF',
      'Poll',
      'PollSelector',
      'SelectSelector',
      'SelectorKey',
      'SelectorMap',
      'fileno',
      'select',
    ])
    expect(Object.keys(testing).sort()).toEqual([
      'ScriptedSelector',
      'describeScalableSelector',
      'describeSelector',
      'expectEvents',
    ])
  })

  it('exports every constant of poll and epoll', () => {
    const names = Object.keys(syscalls).filter(isConstant)
    const constants = names.filter((name) => !name.startsWith('EPOLL_CTL'))
    expect(Object.keys(selectors).filter(isConstant).sort()).toEqual(constants.sort())
    expect(constants).toHaveLength(28)
  })

  it("has Python's numbers", () => {
    const { EVENT_READ, EVENT_WRITE, PIPE_BUF, FD_SETSIZE } = selectors
    expect([EVENT_READ, EVENT_WRITE, PIPE_BUF, FD_SETSIZE]).toEqual([1, 2, 4096, 1024])
  })
})

describe('the errors', () => {
  it('are known across two copies of the package', () => {
    const { AlreadyRegisteredError, ClosedSelectorError, NotRegisteredError } = selectors
    const errors = [
      [AlreadyRegisteredError, new AlreadyRegisteredError(7, 7)],
      [ClosedSelectorError, new ClosedSelectorError('Epoll')],
      [NotRegisteredError, new NotRegisteredError(7)],
    ] as const
    for (const [ErrorClass, error] of errors) {
      const copy = { [Symbol.for(`tsyncio.${error.name}`)]: true }
      expect(error).toBeInstanceOf(Error)
      expect(ErrorClass.isInstance(error)).toBe(true)
      expect(ErrorClass.isInstance(copy)).toBe(true)
      for (const other of [new Error('x'), null, undefined, 'x']) {
        expect(ErrorClass.isInstance(other)).toBe(false)
      }
    }
  })
})
