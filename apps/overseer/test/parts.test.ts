import { describe, expect, it } from 'vitest'

import { Backoff } from '../src/backoff.js'
import { CpuMeter } from '../src/cpu-meter.js'
import { wantsColour } from '../src/colours.js'
import { parseCommandLine } from '../src/command-line.js'
import { parseEnvFile } from '../src/env-file.js'
import { parseFormation } from '../src/formation.js'
import { LineSplitter, longestLine } from '../src/line-splitter.js'
import { programOf } from '../src/missing-program.js'
import { basePort, portOf } from '../src/ports.js'
import { parseProcfile } from '../src/procfile.js'
import { parseTerminals } from '../src/terminals.js'

describe('the choice of terminals', () => {
  const types = parseProcfile('web: a\nworker: b\n', 'P')

  it('is a list of types, or all; nobody without one', () => {
    expect([...parseTerminals(undefined, types)]).toEqual([])
    expect([...parseTerminals('worker, web', types)]).toEqual(['worker', 'web'])
    expect([...parseTerminals('all', types)]).toEqual(['web', 'worker'])
  })

  it.each(['wb', '', 'web,', 'web;worker'])('is nothing like "%s"', (list) => {
    expect(() => parseTerminals(list, types)).toThrow(/^--pty: there is no ".*", only web, worker$/)
  })
})

describe('the CPU meter', () => {
  it('gives percent of a core since the last reading that is old enough', () => {
    const meter = new CpuMeter(1000)
    expect(meter.read(1400, 300)).toBe(0)
    expect(meter.read(2000, 250)).toBe(25)
    expect(meter.read(2100, 350)).toBe(25)
    expect(meter.read(3000, 2250)).toBe(200)
  })

  it('never falls below 0, as when a descendant was reaped that nobody counts', () => {
    expect(new CpuMeter(0, 900).read(1000, 400)).toBe(0)
  })
})

describe('a Procfile', () => {
  it('has names and commands, comments and empty lines', () => {
    const text = '# all\nweb: node a.js --port: 1\r\n\n  my-worker_2:sleep 1 # not ours\n'
    expect(parseProcfile(text, 'P')).toEqual([
      { name: 'web', command: 'node a.js --port: 1', line: 2 },
      { name: 'my-worker_2', command: 'sleep 1 # not ours', line: 4 },
    ])
  })

  it.each(['web', 'web:', ': true', 'we b: true', 'wéb: true'])('has no line like %s', (line) => {
    expect(() => parseProcfile(line, 'P')).toThrow(
      `P, line 1: expected "name: command", got "${line}"`,
    )
  })
})

describe('a .env', () => {
  it('has values with and without quotes', () => {
    const text = String.raw`
# a comment
A=plain value   # a comment
B = spaced
export C=exported
D="double # \"quoted\"\n\tand\\more"   # a comment
E='single $A \n "as it is"'
F=
G=""
H=a#b
I=#nothing
J=it's
`
    expect(parseEnvFile(text, 'e')).toEqual({
      A: 'plain value',
      B: 'spaced',
      C: 'exported',
      D: 'double # "quoted"\n\tand\\more',
      E: String.raw`single $A \n "as it is"`,
      F: '',
      G: '',
      H: 'a#b',
      I: '',
      J: "it's",
    })
  })

  it.each(['A', '1A=b', 'A="b', "A='b", 'A="b" c', '=b'])('has no line like %s', (line) => {
    expect(() => parseEnvFile(`X=1\n${line}`, 'e')).toThrow(
      `e, line 2: expected NAME=value, got "${line}"`,
    )
  })
})

describe('a formation', () => {
  const types = parseProcfile('web: a\nworker: b\nclock: c', 'P')

  it.each([
    [undefined, { web: 1, worker: 1, clock: 1 }],
    ['web=2,worker=0', { web: 2, worker: 0, clock: 1 }],
    ['all=0, web=3', { web: 3, worker: 0, clock: 0 }],
  ])('of %s', (text, counts) => {
    expect(Object.fromEntries(parseFormation(text, types))).toEqual(counts)
  })

  it.each(['', 'web', 'web=', 'web=-1', 'web=1.5', 'web=101', 'web=1,,', '=1', 'cron=1'])(
    'is not %j',
    (text) => {
      expect(() => parseFormation(text, types)).toThrow(/^-m: /)
    },
  )
})

describe('a port', () => {
  it('is a hundred for each type, one for each process', () => {
    expect([portOf(5000, 0, 1), portOf(5000, 0, 2), portOf(5000, 2, 1)]).toEqual([5000, 5001, 5200])
    expect(() => portOf(65_500, 1, 1)).toThrow('port 65600 is beyond 65535')
  })

  it('is counted from the option, else from PORT, else from 5000', () => {
    expect(basePort(1, { PORT: '2' }, { PORT: '3' })).toBe(1)
    expect(basePort(undefined, { PORT: '2' }, { PORT: '3' })).toBe(2)
    expect(basePort(undefined, {}, { PORT: '3' })).toBe(3)
    expect(basePort(undefined, {}, { PORT: '' })).toBe(5000)
    for (const PORT of ['x', '0', '70000', '1e3', '-5']) {
      expect(() => basePort(undefined, { PORT }, {})).toThrow(`got "${PORT}"`)
    }
  })
})

describe('the backoff', () => {
  it('doubles from half a second to half a minute, and begins anew after ten good seconds', () => {
    const backoff = new Backoff()
    const delays = Array.from({ length: 8 }, () => backoff.delayAfter(10))
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect([backoff.delayAfter(10_000), backoff.delayAfter(9_999)]).toEqual([500, 1000])
  })
})

describe('the splitter of lines', () => {
  it('makes the same lines of any pieces', () => {
    const text = 'one\n\ntwo with ünïcödé 🙂\r\nthree\nlast'
    const bytes = Buffer.from(text)
    for (let size = 1; size <= bytes.length; size++) {
      const splitter = new LineSplitter()
      const lines: string[] = []
      for (let at = 0; at < bytes.length; at += size) {
        lines.push(...splitter.push(bytes.subarray(at, at + size)))
      }
      lines.push(...splitter.end())
      expect(lines).toEqual(['one', '', 'two with ünïcödé 🙂', 'three', 'last'])
    }
    expect(new LineSplitter().end()).toEqual([])
  })

  it('divides a line that is too long between characters', () => {
    const line = `x${'🙂'.repeat(longestLine / 2)}`
    const splitter = new LineSplitter()
    const pieces = [...splitter.push(Buffer.from(line)), ...splitter.end()]
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.slice(0, -1).every((piece) => piece.endsWith('🙂 …'))).toBe(true)
    expect(pieces.map((piece) => piece.replace(' …', '')).join('')).toBe(line)
  })

  it('keeps a line of the longest length whole', () => {
    const splitter = new LineSplitter()
    expect(splitter.push(Buffer.from(`${'x'.repeat(longestLine)}\n`))).toEqual([
      'x'.repeat(longestLine),
    ])
  })
})

describe('the command line', () => {
  it('has options before and after the Procfile', () => {
    const args = ['run', '-m', 'a=2', 'P', '-p', '80', '--env', 'e', '--status-port', '0']
    expect(parseCommandLine(args)).toEqual({
      procfile: 'P',
      formation: 'a=2',
      basePort: 80,
      envFile: 'e',
      statusPort: 0,
    })
    expect(parseCommandLine(['run'])).toMatchObject({ procfile: 'Procfile' })
    expect(parseCommandLine(['run', '-h'])).toBe(undefined)
  })
})

describe('the program of a command', () => {
  it.each([
    ['node a.js', 'node'],
    ['./run.sh', './run.sh'],
    ['A=1 B=x/y exec python3 -m x', 'python3'],
    ['sleep 1; true', 'sleep'],
    ['true', 'true'],
    ['$SHELL -c x', undefined],
    ['A=$((1 + 2)) node', undefined],
    ['"my program"', undefined],
    ['(cd x && y)', undefined],
    ['f() { :; }', undefined],
  ])('%s', (command, program) => {
    expect(programOf(command)).toBe(program)
  })
})

describe('colours', () => {
  it('are for terminals, unless the environment says otherwise', () => {
    expect(wantsColour({}, true)).toBe(true)
    expect(wantsColour({}, false)).toBe(false)
    expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false)
    expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true)
    expect(wantsColour({ FORCE_COLOR: '1' }, false)).toBe(true)
    expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false)
    expect(wantsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, true)).toBe(false)
  })
})
