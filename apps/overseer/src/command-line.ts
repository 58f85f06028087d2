import { parseArgs } from 'node:util'

import { UserError } from './user-error.js'

/** What was asked for. */
export interface CommandLine {
  readonly procfile: string
  readonly formation: string | undefined
  readonly basePort: number | undefined
  readonly envFile: string | undefined
  /** Which types get a terminal. */
  readonly pty: string | undefined
  /** 0: any that is free. */
  readonly statusPort: number | undefined
}

export const usageText = `Usage: overseer run [Procfile] [options]

Runs the processes of a Procfile until Ctrl-C.

  -m, --formation LIST  how many of each: web=2,worker=1 or all=2; default: one
  -p, --port BASE       the first process's $PORT; default: 5000
      --env FILE        variables for all; default: .env beside the Procfile
      --pty LIST        give these a terminal, for colours: web,worker or all
      --status-port N   serve the status page on 127.0.0.1:N; 0: any free port
  -h, --help            print this
`

const wrong = 2

function port(text: string | undefined, option: string, least: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535) return Number(text)
  throw new UserError(`${option}: expected a port from ${least} to 65535, got "${text}"`, wrong)
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        formation: { type: 'string', short: 'm' },
        port: { type: 'string', short: 'p' },
        env: { type: 'string' },
        pty: { type: 'string' },
        'status-port': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s/)
    throw new UserError(`${sentence} (see overseer --help)`, wrong)
  }
}

/** @returns undefined when help is wanted. @throws UserError, with exit code 2. */
export function parseCommandLine(args: string[]): CommandLine | undefined {
  const { values, positionals } = parse(args)
  if (values.help === true) return undefined
  const [command, procfile = 'Procfile', ...rest] = positionals
  if (command !== 'run') {
    const got = command === undefined ? 'nothing' : `"${command}"`
    throw new UserError(`expected the command "run", got ${got} (see overseer --help)`, wrong)
  }
  if (rest.length > 0) throw new UserError(`there is no use for "${rest.join(' ')}"`, wrong)
  return {
    procfile,
    formation: values.formation,
    basePort: port(values.port, '-p', 1),
    envFile: values.env,
    pty: values.pty,
    statusPort: port(values['status-port'], '--status-port', 0),
  }
}
