import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'

const selectors = ['epoll', 'poll', 'select'] as const

describe.concurrent('a process that hosts a loop', () => {
  it.each(selectors)('takes no turn and no processor while the loop idles on %s', async (name) => {
    const { stdout, stderr } = await runProgram('idles', { env: { TSYNCIO_SELECTOR: name } })
    expect(stderr).toBe('')
    const { turns, cpu } = JSON.parse(stdout) as { turns: number; cpu: number }
    expect(turns).toBe(0)
    expect(cpu).toBeLessThan(30)
  })

  it.each([
    ['timer', 'before'],
    ['timer', 'later'],
    ['timer without end', 'before'],
    ['timer that was unref’d and ref’d', 'before'],
    ['cancelled and unref’d timer', 'before'],
    ['reader', 'before'],
    ['reader', 'later'],
    ['callbacks without end', 'later'],
  ])('is kept alive by a %s made %s', async (subject, moment) => {
    const ended = await runProgram('keeps-alive', { args: [subject, moment] })
    expect(ended).toMatchObject({ code: 0, stdout: 'alive\n', stderr: '' })
  })

  it.each([
    ['nothing', 'before'],
    ['unref’d timer', 'before'],
    ['unref’d timer', 'later'],
    ['cancelled timer', 'later'],
    ['unref’d reader', 'before'],
    ['removed reader', 'later'],
    ['remote handle', 'before'],
    ['remote handle', 'later'],
    ['signal handler', 'before'],
  ])('ends at once in spite of a %s made %s', async (subject, moment) => {
    const ended = await runProgram('keeps-alive', { args: [subject, moment] })
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('is kept alive, without the binary, by the same things', async () => {
    const env = { TSYNCIO_NATIVE: 'off' }
    const subjects = ['timer', 'timer without end', 'unref’d timer', 'remote handle', 'nothing']
    const outputs = await Promise.all(
      subjects.map(async (subject) => {
        const { code, stdout } = await runProgram('keeps-alive', { args: [subject], env })
        return [code, stdout]
      }),
    )
    expect(outputs).toEqual([
      [0, 'alive\n'],
      [0, 'alive\n'],
      [0, ''],
      [0, ''],
      [0, ''],
    ])
  })

  it.each(['hosted', 'blocking'])(
    'ends with 13, and says why, when a %s run can never end',
    async (way) => {
      const { code, stderr } = await runProgram('deadlocks', { args: [way] })
      expect(code).toBe(13)
      expect(stderr).toContain('DeadlockError: <Future pending> can never be done')
    },
  )

  it.each([
    ['caught', 3, 'DeadlockError ERR_TSYNCIO_DEADLOCK\n'],
    ['caught while blocking', 0, 'DeadlockError ERR_TSYNCIO_DEADLOCK\nfalse\n'],
    ['two', 0, 'saved\n'],
    ['both', 0, 'ERR_TSYNCIO_DEADLOCK,ERR_TSYNCIO_DEADLOCK\n'],
    ['timer of Node', 0, 'came\n'],
  ])('ends as it says if the deadlock is %s', async (way, code, stdout) => {
    const ended = await runProgram('deadlocks', { args: [way] })
    expect(ended).toMatchObject({ code, stdout, stderr: '' })
  })

  it('is called from other threads without the binary too', async () => {
    const ended = await runProgram('is-called-without-binary', { env: { TSYNCIO_NATIVE: 'off' } })
    expect(ended).toMatchObject({ code: 0, stdout: '-1 1000 true\n', stderr: '' })
  })

  it('hears of a deadlock in a worker as of any error there', async () => {
    const ended = await runProgram('deadlocks-in-a-worker')
    expect(ended).toMatchObject({ code: 0, stdout: 'ERR_TSYNCIO_DEADLOCK\n', stderr: '' })
  })

  it.each(['hosted', 'blocking'])('can be ended from a callback of a %s loop', async (way) => {
    const ended = await runProgram('exits-in-a-callback', { args: [way] })
    expect(ended).toMatchObject({ code: 7, stdout: 'exit 7\n', stderr: '' })
  })

  it.each(['hosted', 'portable'])(
    'that handles uncaught errors goes on after a tick threw in a turn of a %s loop',
    async (way) => {
      const { stdout } = await runProgram('survives-uncaught-ticks', { args: [way] })
      expect(stdout.split('\n').sort()).toEqual(['', 'ended', 'still awaited', 'uncaught tick'])
    },
  )

  it('survives a time without fds', async () => {
    const { code, stdout, stderr } = await runProgram('runs-out-of-fds', { mostFds: 100 })
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'EMFILE,none open 0\n',
      stderr: '',
    })
  })

  it('hears of failures that nobody looked at: collected, at close, at the end', async () => {
    const { code, stdout, stderr } = await runProgram('reports-collected-failures', {
      node: ['--expose-gc'],
    })
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'Future exception was never retrieved: dropped',
      'collected',
      'Future exception was never retrieved: kept',
      'closed',
      'exit true',
      '',
    ])
    expect(stderr).toMatch(/^Future exception was never retrieved\nError: at exit/)
  })
})

describe('a loop and Node’s', () => {
  it.each(selectors)('do not starve each other on %s', async (name) => {
    const ended = await runProgram('shares-the-thread', { env: { TSYNCIO_SELECTOR: name } })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const done = JSON.parse(ended.stdout) as Record<string, number>
    for (const [name, least] of Object.entries({
      http: 5,
      fs: 2,
      timers: 10,
      immediates: 10,
      callbacks: 100,
      ourTimers: 10,
      sockets: 100,
    })) {
      expect(done[name], `${name} of ${ended.stdout}`).toBeGreaterThan(least)
    }
  })
})
