import { parseArgs } from 'node:util'

import { netWorkNames } from './net-works.js'

export const USAGE = `usage: npm run bench -- net | ${netWorkNames.join(' | ')} | loop | spawn [options]

  net is all of the works between it and loop

  --seconds N     measured in every round (default 4)
  --rounds N      rounds, interleaved (default 6)
  --warm N        seconds before each measured time (default 1)
  --only TEXT     contenders, or for loop and spawn the works, whose name contains TEXT; repeatable
  --json FILE     also write everything there
  --python FILE   the python3 to use
  --bun FILE      the bun to use`

const benchmarks = ['net', ...netWorkNames, 'loop', 'spawn'] as const

export interface CommandLine {
  readonly benchmark: (typeof benchmarks)[number]
  readonly seconds: number
  readonly rounds: number
  readonly warm: number
  readonly only: readonly string[]
  readonly json?: string
  readonly python?: string
  readonly bun?: string
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 3600) return value
  throw new RangeError(`--${name} must be a number above 0, not "${text}"`)
}

/** @throws Error with one line that says what is wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '6' },
      warm: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      python: { type: 'string' },
      bun: { type: 'string' },
    },
  })
  const benchmark = benchmarks.find((name) => name === positionals[0])
  if (benchmark === undefined || positionals.length > 1) {
    throw new TypeError(`which benchmark? One of ${benchmarks.join(', ')}`)
  }
  const { only, json, python, bun } = values
  const rounds = positive('rounds', values.rounds)
  if (!Number.isInteger(rounds)) throw new RangeError('--rounds must be a whole number')
  return {
    benchmark,
    only,
    rounds,
    seconds: positive('seconds', values.seconds),
    warm: positive('warm', values.warm),
    ...(json === undefined ? {} : { json }),
    ...(python === undefined ? {} : { python }),
    ...(bun === undefined ? {} : { bun }),
  }
}
