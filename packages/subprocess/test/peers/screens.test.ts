import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSubprocessExec } from '@tsyncio/subprocess'

import { leakCheck } from '../leak-check.js'
import { patient } from '../patient.js'
import { Screen } from '../screen.js'
import { onEachDriver } from '../spellings.js'

leakCheck()

const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' }

onEachDriver('a program with a screen', (runner) => {
  const runs = patient(runner)

  it('may be vim, in which a file is written', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'pty-')), 'file.txt')
    await runs(function* () {
      const vim = yield* createSubprocessExec('vim', ['-u', 'NONE', '-N', path], {
        pty: { columns: 60, rows: 10 },
        env,
      })
      const screen = new Screen(vim.pty!)
      yield* screen.shows('file.txt" [New]')
      screen.type('ihello, naïve world\r')
      yield* screen.shows('INSERT')
      screen.type('and more\x1b')
      yield* screen.shows('and more')
      screen.type(':w\r')
      yield* screen.shows(/2L, \d+B written/)
      screen.type(':q\r')
      yield* screen.rest()
      expect(yield* vim.wait()).toBe(0)
    })
    expect(readFileSync(path, 'utf8')).toBe('hello, naïve world\nand more\n')
  })

  it('may be top, which draws itself anew when the size changes', async () => {
    await runs(function* () {
      const top = yield* createSubprocessExec('top', ['-d', '60'], {
        pty: { columns: 80, rows: 10 },
        env,
      })
      const screen = new Screen(top.pty!)
      yield* screen.shows('load average')
      yield* screen.shows('COMMAND')
      top.pty!.resize({ columns: 132, rows: 20 })
      yield* screen.shows('load average')
      yield* screen.shows('COMMAND')
      screen.type('q')
      yield* screen.rest()
      expect(yield* top.wait()).toBe(0)
    })
  })
})
