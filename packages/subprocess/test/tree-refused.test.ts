import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { leakCheck } from './leak-check.js'

leakCheck()

// Becomes somebody whom only root may signal; ends by itself after a minute.
const privileged = `
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
int main(void) {
  alarm(60);
  if (setresuid(0, 0, 0) < 0) return 1;
  printf("%d\\n", (int)getpid());
  fflush(stdout);
  for (;;) pause();
}`

const entry = (name: string): string =>
  JSON.stringify(new URL(`../../${name}/dist/index.js`, import.meta.url).href)

const parent = (program: string): string => `
import { createSubprocessShell } from ${entry('subprocess')}
import { getRunningLoop } from ${entry('loop')}
import { run } from ${entry('tasks')}

await run(async () => {
  getRunningLoop().setExceptionHandler((_loop, { message }) => console.log(message))
  const options = { tree: true, stdin: 'null', stdout: 'pipe' }
  const shell = await createSubprocessShell('${program} & sleep 60', options)
  console.log(String(await shell.stdout.readLine()).trim())
  console.log(await shell.close({ grace: 100 }))
  console.log(shell.signalGroup(0))
})`

const nobody = 65_534
const isRoot = process.getuid?.() === 0

describe('a descendant that may not be killed', () => {
  let folder = ''
  let program = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'refused-'))
    chmodSync(folder, 0o755)
    program = join(folder, 'privileged')
    writeFileSync(`${program}.c`, privileged)
    execFileSync('cc', ['-o', program, `${program}.c`])
    chmodSync(program, 0o4755)
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it('is given up by the guardian, and reported; all others are gone', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', parent(program)], {
      cwd: '/',
      uid: nobody,
      gid: nobody,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    // Only root can become somebody who may do less.
    if (!isRoot) {
      expect(await once(child, 'error')).toMatchObject([{ code: 'EPERM' }])
      return
    }
    const exit = once(child, 'exit')
    const [pid, ...said] = (await text(child.stdout)).trim().split('\n')
    expect(readlinkSync(`/proc/${pid}/exe`)).toBe(program)
    process.kill(Number(pid), 'SIGKILL')
    expect(await exit).toEqual([0, null])
    expect(said).toEqual([
      expect.stringMatching(/^1 descendants of process \d+ may not be killed by this process$/),
      '-15',
      'false',
    ])
  })
})
