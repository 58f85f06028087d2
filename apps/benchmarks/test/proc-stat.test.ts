import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { parseProcStat } from '../src/proc-stat.js'

const tail = '1 1 1 0 -1 4194304 164 0 0 0 48 212 7 9 20 0 1 0 181602 3649536 273'

test('user and system time are read in seconds', () => {
  expect(parseProcStat(`5398 (echo) R ${tail}`)).toEqual({ user: 0.48, system: 2.12 })
})

test('a program’s name may contain spaces and parentheses', () => {
  expect(parseProcStat(`5398 (a) R 1 (b c) S ${tail}`)).toEqual({ user: 0.48, system: 2.12 })
})

test('this process’s own line agrees with what Node says of it', () => {
  // Numbers of the kernel's ticks, which are a hundredth of a second: close is all one can ask.
  const { user, system } = parseProcStat(readFileSync('/proc/self/stat', 'utf8'))
  const usage = process.cpuUsage()
  expect(user + system).toBeGreaterThan(0)
  expect(user + system).toBeLessThan((usage.user + usage.system) / 1e6 + 0.1)
})

test.each(['', 'nonsense', '5398 (echo) R 1'])('%j is not such a line', (line) => {
  expect(() => parseProcStat(line)).toThrow(/proc/)
})
