import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { EventLoop, type ExceptionContext } from '@tsyncio/loop'
import { run, sleep, Task } from '@tsyncio/tasks'
import { describe, expect, it, vi } from 'vitest'

function program(name: string, env: NodeJS.ProcessEnv = {}): string {
  const path = fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url))
  const result = spawnSync(process.execPath, ['--expose-gc', path], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  expect(result.status).toBe(0)
  return result.stderr
}

describe('a slow callback', () => {
  it('is the task whose async function goes on after a wait', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    await run(
      async () => {
        await sleep(0)
        const end = performance.now() + 105
        while (performance.now() < end);
        await sleep(0)
      },
      { debug: true },
    )
    const warnings = warn.mock.calls.map(String)
    warn.mockRestore()
    expect(warnings.join('\n')).toMatch(/^Executing <Task Task-\d+ pending/m)
  })
})

describe('a loop that is closed', () => {
  it('reports the tasks that are pending', () => {
    const loop = new EventLoop()
    const reports: ExceptionContext[] = []
    loop.setExceptionHandler((_loop, context) => reports.push(context))
    const task = new Task(() => sleep(1), { loop })
    loop.close()
    expect(reports).toEqual([
      { message: 'Task was destroyed but it is pending!', task: expect.anything() as Task },
    ])
    expect(reports[0]?.task === task).toBe(true)
  })
})

describe('a program in debug mode', () => {
  it('says at its end which tasks were pending and which coroutines nobody awaited', () => {
    const output = program('forgetful', { TSYNCIO_DEBUG: '1' })
    expect(output).toMatch(/Task was destroyed but it is pending!\ntask: <Task forgotten pending/)
    expect(output).toMatch(/source: .*forgetful.mjs:\d+/)
    expect(output).toMatch(/coroutine sleep\(\) was never awaited\nsource: kept .*forgetful.mjs/)
  })

  it('says of a coroutine that was collected that nobody awaited it', () => {
    expect(program('forgetful', { TSYNCIO_DEBUG: '1' })).toMatch(
      /coroutine sleep\(\) was never awaited\nsource: lost .*forgetful.mjs:\d+:\d+\)\n.*collected/,
    )
  })

  it('is quiet without', () => {
    expect(program('forgetful', { TSYNCIO_DEBUG: '' })).toBe('collected\n')
  })
})
