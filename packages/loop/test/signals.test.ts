import { describe, expect, it } from 'vitest'
import { runProgram, type Ended } from './run-program.js'

const ways = ['hosted', 'blocking'] as const

/** Runs the program and sends it these signals, the first when it is ready. */
function signalled(way: string, deed: string, signals: readonly NodeJS.Signals[]): Promise<Ended> {
  const left = [...signals]
  return runProgram('handles-signals', {
    args: [way, deed],
    onOutput(text, kill) {
      const next = text.includes('ended') ? undefined : left.shift()
      if (next !== undefined) kill(next)
    },
  })
}

describe.concurrent.each(ways)('a signal from outside, to a %s loop', (way) => {
  it('runs its handler', async () => {
    const ended = await signalled(way, 'stops', ['SIGTERM'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(ended.stdout).toBe('ready\nasked to end\nended\n')
  })

  it('of each kind runs its own', async () => {
    const kinds = ['SIGUSR2', 'SIGHUP', 'SIGUSR1', 'SIGQUIT', 'SIGINT'] as const
    const ended = await signalled(way, 'counts', kinds)
    expect(ended.stdout).toBe(`ready\n${kinds.join('\n')}\nended\n`)
  })

  it('has its old effect again once the handler is removed', async () => {
    const ended = await signalled(way, 'removes', ['SIGTERM', 'SIGTERM', 'SIGTERM'])
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(ended.stdout).toMatch(/^ready\nonce\n/)
  })

  it('without a handler ends the process', async () => {
    const ended = await signalled(way, 'nothing', ['SIGINT'])
    expect(ended).toMatchObject({ code: null, signal: 'SIGINT', stdout: 'ready\n' })
  })

  it('is heard by listeners of Node’s too, and once by each', async () => {
    const ended = await signalled(way, 'shares', ['SIGTERM'])
    expect(ended.stdout).toContain('ours 1, theirs 1\n')
    expect(ended.code).toBe(0)
  })
})
