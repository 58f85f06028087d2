import { execFileSync } from 'node:child_process'
import { DefaultSelector, EpollSelector, PollSelector, SelectSelector } from '@tsyncio/selectors'
import { describeSelector } from '@tsyncio/selectors/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

describeSelector('DefaultSelector', () => new DefaultSelector())

describe('DefaultSelector', () => {
  beforeEach(() => vi.stubEnv('TSYNCIO_SELECTOR', undefined))
  afterEach(() => vi.unstubAllEnvs())

  it('is epoll where there is epoll', () => {
    using selector = new DefaultSelector()
    expect(selector).toBeInstanceOf(EpollSelector)
  })

  it.each([
    ['epoll', EpollSelector],
    ['poll', PollSelector],
    ['select', SelectSelector],
  ] as const)('is what TSYNCIO_SELECTOR=%s says at that moment', (name, Backend) => {
    vi.stubEnv('TSYNCIO_SELECTOR', name)
    using selector = new DefaultSelector()
    expect(selector).toBeInstanceOf(Backend)
  })

  it('takes an empty TSYNCIO_SELECTOR for none', () => {
    vi.stubEnv('TSYNCIO_SELECTOR', '')
    using selector = new DefaultSelector()
    expect(selector).toBeInstanceOf(EpollSelector)
  })

  it.each(['kqueue', 'EPOLL', 'constructor', ' '])('refuses TSYNCIO_SELECTOR=%s', (name) => {
    vi.stubEnv('TSYNCIO_SELECTOR', name)
    expect(() => new DefaultSelector()).toThrow(
      new RangeError(`TSYNCIO_SELECTOR must be select, poll or epoll: got ${JSON.stringify(name)}`),
    )
  })

  it('does not hide that there are no more fds behind another backend', () => {
    const program = `
      import { closeSync, openSync } from 'node:fs'
      import { DefaultSelector } from '@tsyncio/selectors'
      const fds = []
      try {
        for (;;) fds.push(openSync('/dev/null', 'r'))
      } catch {}
      let code = 'none'
      try {
        new DefaultSelector()
      } catch (error) {
        code = error.code
      }
      for (const fd of fds) closeSync(fd)
      console.log(code)
    `
    expect(runProgram(program, { ulimit: 200 })).toBe('EMFILE')
  })

  it('can be imported, but not made, where there are no system calls', () => {
    const program = `
      const selectors = await import('@tsyncio/selectors')
      for (const name of ['DefaultSelector', 'EpollSelector', 'PollSelector', 'SelectSelector']) {
        try {
          new selectors[name]()
        } catch (error) {
          console.log(error.name)
        }
      }
      try {
        selectors.select([], [], [], 0)
      } catch (error) {
        console.log(error.message)
      }
    `
    expect(runProgram(program, { TSYNCIO_NATIVE: 'off' })).toBe(
      'UnsupportedError\n'.repeat(4) +
        'select needs the native part of tsyncio, and TSYNCIO_NATIVE=off is set',
    )
  })
})

/** Runs a module on the built packages and gives what it printed. */
function runProgram(
  program: string,
  { ulimit = 1000, ...env }: { ulimit?: number; TSYNCIO_NATIVE?: string },
): string {
  const command = `ulimit -n ${ulimit}; exec "$0" "$@"`
  const arguments_ = ['-c', command, process.execPath, '--input-type=module', '-e', program]
  const options = {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  } as const
  return execFileSync('/bin/sh', arguments_, options).trim()
}
